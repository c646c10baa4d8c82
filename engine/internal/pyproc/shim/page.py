"""The plugin in a page: the same shim where there are neither threads nor sockets. The
page hands frames in and takes them; all code runs in the one loop of the browser."""

import asyncio

from _imjoy import browser, main, peer, plugin
from pyodide.ffi import can_run_sync, run_sync, to_js

ADVICE = {
    "micropip": "micropip is no part of what the page's Python was installed with; list packages in `requirements` in the plugin's config",
}


class Peer(peer.Peer):
    def __init__(self, post, m):
        self.begin(m)
        self.post = post  # takes a header and a list of buffers, for the host
        self.reading = Unread()

    def send(self, header, buffers=()):
        if len(header) > peer.MAX_HEADER or len(buffers) > peer.MAX_BUFFERS:
            raise ValueError("a call of %d bytes of text and %d buffers is too large" % (len(header), len(buffers)))
        self.post(to_js(header), to_js([memoryview(b).cast("B") if len(b) else b"" for b in buffers]))
        if self.dropped:
            self.tell_dropped()

    def take(self, header, buffers):
        """A frame of the host, from JavaScript."""
        self.receive([header.to_bytes(), [b.to_py() for b in buffers]])


class Unread:
    """The page hands in what comes; nobody reads."""

    def wake(self):
        pass

    leave = wake


class Main(main.Main):
    def __init__(self):
        super().__init__()
        self.loop = asyncio.get_event_loop()

    def wait(self, promise, timeout):
        """Promise.result: where the browser can, the one thread goes on with other work."""
        if not can_run_sync():
            raise RuntimeError("the one thread of a page cannot wait for %s: use await in an async function" % promise._what)
        before = self.running
        run_sync(self.settled(promise, timeout))
        self.running = before

    async def settled(self, promise, timeout):
        future = self.loop.create_future()
        promise._notify(lambda: future.done() or future.set_result(None))
        try:
            await asyncio.wait_for(future, timeout)
        except asyncio.TimeoutError:
            raise TimeoutError("no result of %s within %s s" % (promise._what, timeout)) from None

    def wait_for_room(self, connection):
        """Nobody answers before the thread is free, so there is no room to wait for."""

    def cancel(self, number):
        task = self.tasks.get(number)
        if task is None:
            self.give_up(number, False)
            return
        task.cancel()
        self.loop.call_later(main.CANCEL_WITHIN, self.give_up, number, False)  # it may never await


def start(post):
    """Returns what takes the frames of the host."""
    browser.ADVICE = ADVICE
    m = Main()
    m.peer = Peer(post, m)
    m.plugin = plugin.Plugin(m)
    m.loop.set_exception_handler(m.plugin.unhandled)
    return m.peer.take
