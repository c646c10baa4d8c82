"""The main thread: all code of the plugin runs here, one call at a time, as in ImJoy.
So a plugin needs no locks, and libraries that want the main thread, or always the
same one, get it. asyncio is only imported for plugins that use it: it takes longer to
start than all the rest."""

import os
import sys
import threading
import time

try:
    from _queue import Empty, SimpleQueue  # without what the module around it imports
except ImportError:
    from queue import Empty, SimpleQueue

from _imjoy import peer, plugin, values
from _imjoy.promise import Promise

# How often a plugin that has not exported yet is asked whether anything still runs.
POLL = 0.02

# How long the plugin's own cleaning up may take when the host has gone.
LEAVE_WITHIN = 1.0


# How long a task that was canceled may take to end, before the host hears where it is.
CANCEL_WITHIN = 0.25


class Main:
    def __init__(self):
        self.queue = SimpleQueue()
        self.loop = None  # asyncio's, once it is needed
        self.tasks = {}  # running calls that are tasks, by id
        self.running = None  # id of the call that runs, or waits, right now
        self.print_thread_error = None
        self.thread = threading.get_ident()
        self.peer = None
        self.plugin = None

    # --- the queue ---

    def post(self, function, *args):
        """Runs a function in the main thread, later."""
        self.queue.put((function, args))
        if self.loop is None:
            self.peer.reading.wake()
        else:
            try:
                self.loop.call_soon_threadsafe(self.drain)
            except RuntimeError:
                pass  # the loop is closed: the process ends

    def drain(self):
        while True:
            try:
                function, args = self.queue.get_nowait()
            except Empty:
                return
            function(*args)

    def run(self):
        while self.loop is None:
            function, args = self.take(None)
            function(*args)
            function = args = None  # or they would live until the next call
            self.tidy()
        self.loop.call_soon(self.drain)
        self.loop.run_forever()

    def take(self, deadline):
        """The next thing to do, where no loop runs; raises Empty at the deadline."""
        reading, left = self.peer.reading, None
        while True:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Empty
            if not reading.by_main:
                reading.rests = True
                try:
                    if not reading.by_main:
                        return self.queue.get(timeout=left)
                finally:
                    reading.rests = False
            reading.next(left)
            try:
                return self.queue.get_nowait()
            except Empty:
                pass

    def tidy(self):
        """Tells the host what the plugin has let go of."""
        if self.peer.dropped:
            self.peer.tell_dropped()
        if self.peer.memory.lent:
            self.peer.memory.tidy()

    def later(self, function):
        """Runs a function in the main thread after a moment."""
        if self.loop is not None:
            self.loop.call_later(POLL, function)
        else:
            timer = threading.Timer(POLL, self.post, (function,))
            timer.daemon = True
            timer.imjoy = True
            timer.start()

    def need_loop(self):
        if self.loop is None:
            import asyncio

            self.peer.reading.leave()
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.set_exception_handler(self.plugin.unhandled)
        return self.loop

    def start_task(self, awaitable, settle, number=None):
        """Runs something awaitable and calls settle at its end: with True and a list of
        the result, or with False and the error."""

        async def wait():
            try:
                held = [await awaitable]
            except BaseException as e:
                settle(False, e)
                if isinstance(e, (KeyboardInterrupt, GeneratorExit)):
                    raise
            else:
                settle(True, held)
            finally:
                self.tasks.pop(number, None)

        task = self.need_loop().create_task(wait())
        self.tasks[number if number is not None else task] = task
        task.add_done_callback(self.finished)

    def finished(self, task):
        self.tasks.pop(task, None)
        self.loop.call_soon(self.tidy)

    def wait(self, promise, timeout):
        """Promise.result: the main thread goes on serving calls, others just wait."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if threading.get_ident() != self.thread:
            settled = threading.Event()
            self.peer.reading.leave()
            promise._notify(settled.set)
            if not settled.wait(timeout):
                raise TimeoutError("no result of %s within %s s" % (promise._what, timeout))
            return
        before = self.running
        promise._notify(lambda: self.post(_nothing))
        while promise._state is None:
            try:
                function, args = self.take(deadline)
            except Empty:
                raise TimeoutError("no result of %s within %s s" % (promise._what, timeout)) from None
            function(*args)
            self.running = before

    def wait_for_room(self, connection):
        """Slows a plugin that sends faster than the host answers; for a while only,
        because the host may be waiting for the plugin itself."""
        connection.reading.leave()
        with connection.room:
            connection.room.wait_for(lambda: len(connection.pending) <= peer.MAX_PENDING, timeout=2)

    def busy(self):
        """Whether a call of the host is running."""
        return self.running is not None or any(type(number) is int for number in list(self.tasks))

    # --- calls of the host ---

    def serve(self, number, message, target):
        """In the reading thread."""
        self.post(self.begin, number, message, target)

    def begin(self, number, message, target):
        if number not in self.peer.serving:
            return  # canceled while it waited for its turn
        self.running = number
        try:
            function, args, kwargs = self.find(message, target)
            self.peer.serving[number] = plugin.code_of(function)
            held = [function(*args, **kwargs)]
        except BaseException as e:
            self.running = None
            self.peer.reject(number, e)
            return
        self.running = None
        function = args = kwargs = None  # arrays that nobody refers to can be given away
        self.finish(number, held)

    def find(self, message, function):
        args, kwargs = message.pop("args", None) or [], {}
        if args and isinstance(args[-1], dict) and args[-1].get("_rkwargs") is True:
            kwargs = {k: v for k, v in args[-1].items() if k != "_rkwargs"}
            args = args[:-1]
        if message.get("target"):
            if function is None:
                raise values.Error("function %s does not exist any more" % message["target"], "ReferenceError")
            return function, args, kwargs
        return self.plugin.method(message.get("method") or ""), args, kwargs

    def finish(self, number, held):
        """Answers a call with the one value in a list, or with what it comes to."""
        kind = type(held[0])
        if kind is Promise:
            result = held[0]
            result._seen = True
            result._notify(lambda: self.settle(number, result._state, [result._value] if result._state else result._value))
        elif hasattr(kind, "__await__"):
            self.start_task(held.pop(), lambda ok, value: self.settle(number, ok, value), number)
        else:
            self.peer.answer(number, held)

    def settle(self, number, ok, value):
        if ok:
            self.peer.answer(number, value)
        else:
            self.peer.reject(number, value)

    def cancel(self, number):
        """In the reading thread. Code that runs cannot be stopped from here, but the
        host, who can, learns where it is."""
        task = self.tasks.get(number)
        if task is None:
            self.give_up(number, self.running == number)
            return
        self.loop.call_soon_threadsafe(task.cancel)
        timer = threading.Timer(CANCEL_WITHIN, self.give_up, (number, True))  # it may never await
        timer.daemon = timer.imjoy = True
        timer.start()

    def give_up(self, number, here):
        """Answers a call that was canceled; `here` when the main thread is in it."""
        if self.peer.serving.pop(number, None) is None:
            return
        frames = self.plugin.positions_of_frame(sys._current_frames().get(self.thread)) if here else []
        self.peer.send_error(number, {"name": "AbortError", "message": "the call was canceled", "stack": frames})

    # --- errors ---

    def describe(self, error, called=None):
        return self.plugin.describe(error, called)

    def thread_failed(self, given):
        """threading.excepthook. What has nothing of the plugin in it stays a line of the
        log, as Python prints it."""
        error = given.exc_value
        if error is not None and self.plugin.positions(error.__traceback__):
            if given.exc_type is not SystemExit:
                self.unseen(error)
        else:
            self.print_thread_error(given)

    def unseen(self, error, where=None):
        """An error that no code of the plugin will see."""
        fault = self.plugin.describe(error)
        if where is not None and not fault["stack"]:
            fault["stack"] = [p for p in [self.plugin.position(*where)] if p]
        try:
            self.peer.notify("unhandled", fault)
        except (OSError, RuntimeError):
            pass

    def rest(self):
        """Settled, with a count of timers as JavaScript has them, once the calls that the
        plugin made have their answers. The program ends it then: errors that nobody has
        asked for are told before."""
        waiting, rest = list(self.peer.pending.values()), Promise(self, "rest")

        def next():
            while waiting:
                promise = waiting[-1]
                if promise._state is None:
                    promise._notify(next)
                    return
                waiting.pop()
                if promise._state is False and not promise._seen:
                    promise._seen = True
                    self.unseen(promise._value, promise._where)
            rest._settle(True, 0)

        next()
        return rest

    # --- the end ---

    def end(self, why):
        """Not in the main thread: the host has gone."""
        if why:
            sys.stderr.write("imjoy: the connection ended: %s\n" % why)
        self.post(_leave)
        time.sleep(LEAVE_WITHIN)
        os._exit(70 if why else 0)


def _nothing():
    pass


def _leave():
    raise SystemExit(0)


def main(fd):
    m = Main()
    m.peer = peer.Peer(fd, m)
    m.plugin = plugin.Plugin(m)
    m.print_thread_error, threading.excepthook = threading.excepthook, m.thread_failed
    reader = threading.Thread(target=m.peer.reading.run, name="imjoy", daemon=True)
    reader.imjoy = True
    reader.start()
    m.run()
