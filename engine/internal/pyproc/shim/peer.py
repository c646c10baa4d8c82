"""The connection to the host: frames in and out, calls both ways.

One thread at a time reads (see reading); whoever calls, writes. Values are decoded by who
reads, the plugin's code runs in the main thread only (see main)."""

import json
import mmap
import os
import struct
import sys
import threading

from _imjoy import memory, reading, values
from _imjoy.kept import kept
from _imjoy.promise import Promise

# Limits of a frame, as the host has them.
MAX_HEADER = 64 << 20
MAX_BUFFERS = 1024
MAX_TOTAL = 4 << 30

# More unanswered calls than this make a sender wait.
MAX_PENDING = 1000

# The longest message about shared memory.
MAX_CONTROL = 64 << 10

# Buffers from here on lie in memory that the system gives and takes page by page.
LARGE = 1 << 20


HEAD = struct.Struct("<II")


class Function:
    """A function of another plugin or of the host. Calling it returns a promise."""

    __slots__ = ("_peer", "_id", "__weakref__")

    def __init__(self, peer):
        self._peer, self._id = peer, 0

    def bind(self, ref):
        self._id = ref["id"] if isinstance(ref, dict) else ref

    def __call__(self, *args, **kwargs):
        if kwargs:
            args += (dict(kwargs, _rkwargs=True),)
        return self._peer.call('"target":%d' % self._id, args, "function %d" % self._id)

    def __del__(self):
        # Runs anywhere, also inside of send: only noted, told with the next message.
        if self._id:
            self._peer.dropped.append(self._id)

    def __repr__(self):
        return "<function %d of the other side>" % self._id


class Peer:
    def __init__(self, fd, main):
        self.begin(main)
        self.fd = fd
        os.set_blocking(fd, True)
        self.input = reading.Input(fd)
        self.reading = reading.Reading(self, main)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.forked)
        if sys.version_info >= (3, 12):
            # Python warns of forks beside threads; the thread is ours, and forked()
            # takes care of what it holds.
            import warnings

            warnings.filterwarnings("ignore", ".* is multi-threaded, use of fork", DeprecationWarning)

    def begin(self, main):
        """What calls both ways need, whatever carries them."""
        self.main = main
        self.memory = memory.Memory(self)
        self.decoder = values.Decoder(lambda: Function(self))
        self.lock = threading.Lock()
        self.room = threading.Condition()
        self.next = 0
        self.pending = {}  # our calls, by id
        self.serving = {}  # their calls, by id: the code of what was called, once it is
        kept.serving = self.serving
        self.given = {}  # our functions, by id
        self.given_next = 0
        self.dropped = []
        self.pid = os.getpid()
        self.alone = False  # no program is connected: the plugin was left running

    def forked(self):
        """A child of the plugin must not write into our frames."""
        self.lock = threading.Lock()
        try:
            os.close(self.fd)
        except OSError:
            pass

    # --- out ---

    def encode(self, start, key, held, eager=False):
        """A header from its first part and the value under its last key, with buffers.
        `held` is a list of that value; it is empty afterwards, so that arrays which
        nobody else has can be given away."""
        encoder = values.Encoder(eager)
        try:
            text = encoder.text(held[0])
        except RecursionError:
            raise TypeError("a value that contains itself, or is nested too deep, cannot be sent") from None
        if encoder.functions:
            start += ',"functions":' + json.dumps([{"id": self.give(f)} for f in encoder.functions])
        held.clear()
        return ('{"v":1,%s,"%s":%s}' % (start, key, text)).encode("utf-8", "replace"), encoder.buffers

    def give(self, function):
        with self.room:
            self.given_next += 1
            self.given[self.given_next] = function
            return self.given_next

    def send(self, header, buffers=()):
        if os.getpid() != self.pid:
            raise RuntimeError("the api is not available in a child process of the plugin")
        if len(header) > MAX_HEADER or len(buffers) > MAX_BUFFERS:
            raise ValueError("a call of %d bytes of text and %d buffers is too large" % (len(header), len(buffers)))
        if not buffers:
            self.write_all(HEAD.pack(len(header), 0) + header)
        else:
            self.send_buffers(header, buffers)
        if self.dropped:
            self.tell_dropped()

    def send_buffers(self, header, buffers):
        sizes = [memoryview(b).nbytes for b in buffers]
        if sum(sizes) > MAX_TOTAL:
            raise ValueError("a call with %d bytes in buffers is too large" % sum(sizes))
        views = buffers
        if self.memory.start and max(sizes) >= self.memory.start:
            views = list(buffers)
            buffers.clear()
            for i, place in enumerate(self.memory.place(views)):
                if place is not None:
                    sizes[i] |= memory.SHARED
                    views[i] = memory.REFERENCE.pack(*place)
        head = struct.pack("<II%dQ" % len(sizes), len(header), len(sizes), *sizes)
        self.write_all(head + header, *(memoryview(v).cast("B") if len(v) else b"" for v in views))

    def write_all(self, *parts):
        with self.lock:
            if not self.alone:
                for part in parts:
                    self.write(part)

    def write(self, data):
        at = os.write(self.fd, data) if len(data) else 0
        while at < len(data):
            at += os.write(self.fd, memoryview(data)[at:])

    def tell_dropped(self):
        ids = []
        while self.dropped:
            ids.append(self.dropped.pop())
        if ids:
            self.send(json.dumps({"v": 1, "kind": "release", "functions": ids}).encode())

    def call(self, target, args, what, eager=False):
        """Sends a call and returns a promise of its result. `eager` is for those who
        take data: iterators are read before."""
        promise = Promise(self.main, what)
        if self.alone:
            promise._settle(False, values.Error("no program is connected to the plugin now", "AbortError"))
            return promise
        if len(self.pending) > MAX_PENDING:
            self.main.wait_for_room(self)
        with self.room:
            self.next += 1
            number = self.next
        promise._where = self.main.plugin.here()
        text, buffers = self.encode('"id":%d,"kind":"call",%s' % (number, target), "args", [args], eager)
        self.pending[number] = promise
        try:
            self.send(text, buffers)
        except BaseException:
            self.pending.pop(number, None)
            raise
        return promise

    def notify(self, method, *args):
        text, buffers = self.encode('"kind":"notify","method":"%s"' % method, "args", [args])
        self.send(text, buffers)

    def answer(self, number, held):
        called = self.serving.pop(number, None)
        if called is None:
            return  # it was canceled and answered
        try:
            text, buffers = self.encode('"id":%d,"kind":"result"' % number, "result", held)
        except BaseException as e:
            self.fail(number, e, called)
            return
        self.send(text, buffers)

    def reject(self, number, error):
        called = self.serving.pop(number, None)
        if called is not None:
            self.fail(number, error, called)

    def fail(self, number, error, called=None):
        self.send_error(number, self.main.describe(error, called))

    def send_error(self, number, fault):
        self.send(json.dumps({"v": 1, "id": number, "kind": "error", "error": fault}).encode())

    # --- a plugin that is left running ---

    def detach(self, number, mark=""):
        """The program leaves: nothing may follow this answer. What was printed until now
        is for this program: the mark says where it ends."""
        if self.main.busy():
            self.send_error(number, {"name": "InvalidStateError", "message": "a call of it is still running"})
            return
        for stream in (1, 2) if mark else ():
            try:
                os.write(stream, mark.encode() + b"\n")
            except OSError:
                pass  # it was closed
        self.serving.clear()
        answer = json.dumps({"v": 1, "id": number, "kind": "result", "result": None}).encode()
        with self.lock:
            self.write(HEAD.pack(len(answer), 0) + answer)
            self.alone = True
        pending, self.pending = self.pending, {}
        for promise in pending.values():
            promise._settle(False, values.Error("the program left the plugin running and is gone", "AbortError"))

    def attach(self):
        """Another program comes: it knows nothing of what the last one had."""
        self.serving.clear()
        kept.renumber()
        self.given.clear()
        del self.dropped[:]
        self.memory = memory.Memory(self, self.memory.start)
        self.alone = False

    # --- in ---

    def frame(self):
        given = self.input
        if not given.begin():
            raise EOFError
        length, count = HEAD.unpack(given.exactly(8))
        if count == memory.CONTROL and length <= MAX_CONTROL:
            self.memory.control(given.exactly(length), given.files)
            return None
        if length > MAX_HEADER or count > MAX_BUFFERS:
            raise EOFError("a frame with a header of %d bytes and %d buffers" % (length, count))
        if not count:
            return [given.exactly(length), []]
        sizes = struct.unpack("<%dQ" % count, given.exactly(8 * count))
        if sum(size & ~memory.SHARED for size in sizes) > MAX_TOTAL:
            raise EOFError("a frame with %d bytes in buffers" % sum(sizes))
        header = given.exactly(length)
        return [header, [self.buffer(size) for size in sizes]]

    def buffer(self, n):
        """n bytes in shared memory, or in memory of their own; None when there is not
        so much."""
        if n & memory.SHARED:
            number, offset = memory.REFERENCE.unpack(self.input.exactly(memory.REFERENCE.size))
            return self.memory.received(number, offset, n & ~memory.SHARED)
        try:
            data = _pages(n) if n >= LARGE else bytearray(n)
        except (MemoryError, OSError):
            while n:
                n -= len(self.input.exactly(min(n, LARGE)))
            return None
        self.input.into(memoryview(data))
        return data

    def receive(self, frame):
        """Serves a frame. Nothing here may refer to its buffers when a call begins."""
        if frame is None:
            return
        buffers, header = frame.pop(), frame.pop()
        missing = any(b is None for b in buffers)
        try:
            m = self.decoder.header(header.decode("utf-8"), [b"" if b is None else b for b in buffers])
        except Exception as e:
            if b'"_rtype"' not in header:
                raise EOFError("a header that is not JSON: %s" % e)
            m, failure = json.loads(header), e
        else:
            failure = None
        buffers = None
        if missing:
            failure = MemoryError("there is not enough memory for the arrays and files of this call")
        kind = m.get("kind")
        if kind == "call":
            number = m["id"]
            if m.get("method") == "worker.detach":
                return self.detach(number, *m.get("args", ()))
            if m.get("method") == "worker.attach":
                self.attach()
            self.serving[number] = True
            kept.latest = number
            if failure is not None:
                self.reject(number, failure)
            else:
                # Found now: a release may follow before the call has its turn.
                self.main.serve(number, m, self.given.get(m.get("target")))
        elif kind in ("result", "error"):
            promise = self.pending.pop(m.get("id"), None)
            if self.pending is not None and len(self.pending) == MAX_PENDING:
                with self.room:
                    self.room.notify_all()
            if promise is None:
                return
            if failure is not None:
                promise._settle(False, failure)
            elif kind == "result":
                promise._settle(True, m.get("result"))
            else:
                fault = m.get("error") or {}
                promise._settle(False, values.Error(fault.get("message") or "", fault.get("name") or "Error", fault.get("trace") or ""))
        elif kind == "cancel":
            self.main.cancel(m.get("id"))
        elif kind == "release":
            refs = m.get("functions") or ()
            held = [self.given.pop(ref["id"] if isinstance(ref, dict) else ref, None) for ref in refs]
            # What only these functions held ends now, and a generator then runs its
            # `finally`: code of the plugin, in the main thread.
            self.main.post(held.clear)


def _pages(n):
    if not hasattr(mmap, "MAP_PRIVATE"):
        return bytearray(n)
    data = mmap.mmap(-1, n, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        try:
            data.madvise(mmap.MADV_HUGEPAGE)
        except OSError:
            pass
    return data
