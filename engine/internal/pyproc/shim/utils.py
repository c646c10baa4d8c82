"""api.utils: what the host has of it, and what the old engine gave to Python alone."""

import os
import time

from _imjoy.api import Method


class Utils(Method):
    __slots__ = ()

    def kill(self, pid):
        """Ends a process and those that it started."""
        for child in _children(pid):
            self.kill(child)
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass

    def debounce(self, seconds):
        """A decorator: the function does nothing for so long after a call."""

        def decorate(function):
            last = []

            def wrapped(*args, **kwargs):
                if last and time.monotonic() - last[0] < seconds:
                    return None
                result = function(*args, **kwargs)
                last[:] = [time.monotonic()]
                return result

            return wrapped

        return decorate

    def set_interval(self, seconds):
        """A decorator: calling the function calls it again and again, in a thread, until
        the event that it returns is set."""

        def decorate(function):
            def start(*args, **kwargs):
                import threading

                stopped = threading.Event()

                def repeat():
                    while not stopped.wait(seconds):
                        function(*args, **kwargs)

                threading.Thread(target=repeat, daemon=True).start()
                return stopped

            return start

        return decorate

    setInterval = set_interval


def _children(pid):
    """Processes that a process started, where the system lists them."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []
