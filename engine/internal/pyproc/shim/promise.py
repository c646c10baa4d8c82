"""The result of a call that was sent: it can be awaited, chained, waited for, or
left alone."""

import threading


class Promise:
    """What an api call returns. The call is on its way whether or not anybody waits.

    In async code: `await promise`. Elsewhere: `promise.then(f)`, `.catch(f)`,
    `.finally_(f)`, or `promise.result(timeout)`, which waits.
    """

    __slots__ = ("_what", "_main", "_lock", "_state", "_value", "_waiting", "_seen", "_where", "__weakref__")

    def __init__(self, main, what):
        self._main, self._what = main, what
        self._lock = threading.Lock()
        self._state = None  # then True for a result, False for an error
        self._value = None
        self._waiting = []
        self._seen = False  # somebody will see an error
        self._where = None  # the plugin's code that made the call

    # For those who make promises. From any thread; only the first call counts.

    def _settle(self, ok, value):
        with self._lock:
            if self._state is not None:
                return
            self._state, self._value = ok, value
            waiting, self._waiting = self._waiting, None
        for wake in waiting:
            wake()

    def _adopt(self, value):
        """Settles with a value, or with what it comes to when it is still to come."""
        if isinstance(value, Promise):
            value._seen = True
            value._notify(lambda: self._settle(value._state, value._value))
        elif hasattr(type(value), "__await__"):
            self._main.start_task(value, lambda ok, value: self._settle(ok, value[0] if ok else value))
        else:
            self._settle(True, value)

    def _notify(self, wake):
        """Calls wake when the promise is settled, in whichever thread that is."""
        with self._lock:
            if self._state is None:
                self._waiting.append(wake)
                return
        wake()

    def _get(self):
        self._seen = True
        if self._state:
            return self._value
        raise self._value

    # For plugins.

    def done(self):
        return self._state is not None

    def then(self, done=None, failed=None):
        """Calls done with the result, or failed with the error, later in the main
        thread. Returns a promise of what they return."""
        following = Promise(self._main, self._what)
        following._where = self._where
        self._seen = True

        def run():
            handler = done if self._state else failed
            if handler is None:
                following._settle(self._state, self._value)
                return
            try:
                following._adopt(handler(self._value))
            except BaseException as e:
                following._settle(False, e)

        self._notify(lambda: self._main.post(run))
        return following

    def catch(self, failed):
        return self.then(None, failed)

    def finally_(self, finished):
        """Calls finished without arguments either way; result or error stay."""

        def after(value, ok):
            following = Promise(self._main, self._what)
            before = Promise(self._main, self._what)
            before.then(lambda _: following._settle(ok, value), lambda e: following._settle(False, e))
            before._adopt(finished())
            return following

        return self.then(lambda value: after(value, True), lambda error: after(error, False))

    def add_done_callback(self, callback):
        self._seen = True
        self._notify(lambda: self._main.post(callback, self))

    def result(self, timeout=None):
        """Waits for the result. Calls of the plugin are served meanwhile; in async
        code use await, which lets tasks go on too."""
        self._seen = True
        if self._state is None:
            self._main.wait(self, timeout)
        return self._get()

    def exception(self, timeout=None):
        try:
            self.result(timeout)
        except BaseException as e:
            return e
        return None

    def __await__(self):
        self._seen = True
        if self._state is None:
            import asyncio

            self._main.peer.reading.leave()
            loop = asyncio.get_running_loop()
            future = loop.create_future()

            def wake():
                try:
                    loop.call_soon_threadsafe(lambda: future.done() or future.set_result(None))
                except RuntimeError:
                    pass  # the loop is closed: nobody waits any more

            self._notify(wake)
            yield from future
        return self._get()

    def __del__(self):
        if self._state is False and not self._seen:
            self._main.unseen(self._value, self._where)

    def __repr__(self):
        state = {None: "pending", True: "done", False: "failed"}[self._state]
        return "<Promise of %s, %s>" % (self._what, state)
