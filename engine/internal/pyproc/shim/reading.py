"""Reading the connection, and by whom.

Handing a frame from one thread to another costs more than the call that it carries. So
the main thread reads while it has nothing else to do, and goes on to what it read. The
reading thread takes over when the main thread waits for something, is busy for longer
than a moment, or runs asyncio's loop; when the main thread rests again it gives back."""

import os
import struct
import threading

from _socket import CMSG_SPACE, SCM_RIGHTS, socket
from select import POLLIN, poll

# How much is read at once, in bytes: most frames are much smaller.
CHUNK = 16 << 10

# The most that is taken for a header on the word of its length alone, in bytes.
PIECE = 1 << 20

# After so long, in seconds, a main thread that does not read is busy.
MOMENT = 0.005

# So many moments after the last frame nobody looks any more until the next one.
DOZE = 40


class Input:
    """The socket, with the files that come along."""

    def __init__(self, fd):
        self.socket, self.files, self.room = socket(fileno=fd), [], CMSG_SPACE(16)
        self.data, self.at = b"", 0

    def begin(self):
        """Whether there is another frame: waits for its first bytes."""
        if self.at == len(self.data):
            self.data, self.at = self.receive(CHUNK), 0
        return len(self.data) > 0

    def receive(self, n):
        data, extra, _, _ = self.socket.recvmsg(n, self.room)
        if extra:
            self.keep(extra)
        return data

    def keep(self, extra):
        for _, kind, files in extra:
            if kind == SCM_RIGHTS:
                self.files += struct.unpack("%di" % (len(files) // 4), files)

    def exactly(self, n):
        at = self.at
        end = at + n
        if end > len(self.data):
            self.fill(n)
            at, end = 0, n
        self.at = end
        return self.data[at:end]

    def fill(self, n):
        """Until n bytes are there."""
        parts = [self.data[self.at :]]
        have = len(parts[0])
        while have < n:
            data = self.receive(max(CHUNK, min(n - have, PIECE)))
            if not data:
                raise EOFError("the stream ends inside a frame")
            parts.append(data)
            have += len(data)
        self.data, self.at = b"".join(parts), 0

    def into(self, view):
        """Fills a memoryview."""
        at = min(len(view), len(self.data) - self.at)
        view[:at] = self.data[self.at : self.at + at]
        self.at += at
        while at < len(view):
            n, extra, _, _ = self.socket.recvmsg_into([view[at:]], self.room)
            if extra:
                self.keep(extra)
            if not n:
                raise EOFError("the stream ends inside a frame")
            at += n


class Reading:
    def __init__(self, peer, main):
        self.peer, self.main = peer, main
        self.lock = threading.Lock()  # whoever reads a frame and takes it
        self.turn = threading.Lock()  # released to make the reading thread look
        self.turn.acquire()
        self.by_main = True
        self.waits = False  # the main thread waits for frames
        self.rests = False  # the main thread waits for something to do, and does not read
        self.dozes = False  # the reading thread waits until it is told
        self.frames = 0  # taken by the main thread
        self.over = False  # the connection has ended
        self.woken, self.wakes = os.pipe()
        self.poll = poll()
        self.poll.register(self.woken, POLLIN)
        self.poll.register(peer.fd, POLLIN)

    # --- the main thread ---

    def next(self, timeout):
        """Reads until there is something to do, the time is over, or another reads."""
        while self.by_main and self.main.queue.empty():
            if self.peer.input.at == len(self.peer.input.data) and not self.ready(timeout):
                return
            with self.lock:
                if not self.by_main:
                    return
                try:
                    self.peer.receive(self.peer.frame())
                except Exception as e:
                    self.by_main = False
                    threading.Thread(target=self.end, args=(e,), daemon=True).start()
                    return
            self.frames += 1
            if self.dozes:
                self.look()

    def ready(self, timeout):
        """Waits for a frame; False when there is something else to do."""
        self.waits = True
        try:
            if not self.main.queue.empty():
                return False
            for fd, _ in self.poll.poll(None if timeout is None else max(timeout, 0) * 1000):
                if fd == self.peer.fd:
                    return True
                os.read(self.woken, 1024)
            return False
        finally:
            self.waits = False

    def wake(self):
        """From any thread: there is something to do."""
        if self.waits:
            try:
                os.write(self.wakes, b"x")
            except OSError:
                pass  # a child of the plugin

    def leave(self):
        """The main thread is going to wait for something that comes in a frame."""
        if self.by_main and not self.waits:
            self.by_main = False
            self.look()

    def look(self):
        try:
            self.turn.release()
        except RuntimeError:
            pass  # it looks already

    # --- the reading thread ---

    def run(self):
        """The end of the connection is the end of the process."""
        try:
            while not self.over:
                self.wait()
                while not self.over and not self.read():
                    pass
        except Exception as e:
            self.end(e)

    def wait(self):
        """Until it is this thread's turn."""
        seen, still = -1, 0
        while self.by_main:
            self.dozes = still > DOZE
            if self.dozes and self.frames != seen:
                self.dozes, still = False, 0
            self.turn.acquire(True, -1 if self.dozes else MOMENT)
            self.dozes = False
            if self.frames != seen:
                seen, still = self.frames, 0
            elif self.waits:
                still += 1
            else:
                self.by_main = False

    def read(self):
        """One frame; True when the main thread reads the next."""
        with self.lock:
            if self.over:
                return True
            frame = self.peer.frame()
            if self.rests and self.main.loop is None:
                self.by_main = True
            self.peer.receive(frame)
        if self.by_main:
            self.main.queue.put((_nothing, ()))
        return self.by_main

    def end(self, error):
        if self.over:
            return
        self.over = True
        why = "%s: %s" % (type(error).__name__, error)
        self.main.end(str(error) if isinstance(error, EOFError) else why)


def _nothing():
    pass
