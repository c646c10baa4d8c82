"""Memory that the host shares with this process. Large arrays and files lie in it and
cross the border as a number and an offset.

The host makes every piece and gives it once, as a file beside a message; it stays
mapped. Whoever sends a piece has given it away, so an array is only sent as it lies
there when nothing of the plugin refers to it any more; else it is copied into another
piece. Reference counts tell."""

import json
import mmap
import os
import struct
import sys
import threading

CONTROL = 1 << 31  # in place of the number of buffers: a message about memory
SHARED = 1 << 63  # in the length of a buffer: it is a reference
REFERENCE = struct.Struct("<QQ")


class Segment:
    def __init__(self, number, size, fd):
        self.number, self.size = number, size
        # MAP_POPULATE: all pages at once, or each costs a fault of its own.
        self.map = mmap.mmap(fd, size, mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0x8000))
        self.lent = False  # something of the plugin may refer to it
        self.address = None
        self.alone = 0
        self.alone = self.references()

    def references(self):
        return sys.getrefcount(self.map)

    def idle(self):
        return self.references() == self.alone

    def view(self, offset, length):
        return memoryview(self.map)[offset : offset + length]


class Memory:
    def __init__(self, peer, start=0):
        self.peer = peer
        self.start = start  # buffers of so many bytes may be shared; 0: none
        self.segments = {}
        self.lent = set()
        self.requests = 0
        self.answers = {}  # to requests of ours: an event, then a segment or None

    # --- in the reading thread ---

    def control(self, text, files):
        c = json.loads(text)
        if c.get("from"):
            self.start = c["from"]
        number = c.get("segment")
        if number and c.get("size"):
            if not files:
                raise EOFError("shared memory without a file")
            fd = files.pop(0)
            try:
                self.segments[number] = Segment(number, c["size"], fd)
            finally:
                os.close(fd)
        waits = self.answers.pop(c.get("request"), None)
        if waits is not None:
            waits.segment = self.segments.get(number)
            waits.set()
        for number in c.get("drop") or ():
            self.segments.pop(number, None)

    def received(self, number, offset, length):
        segment = self.segments.get(number)
        if segment is None or offset + length > segment.size:
            raise EOFError("a buffer in shared memory that is not there")
        view = segment.view(offset, length)
        segment.lent = True
        self.lent.add(segment)
        return view

    # --- in any other ---

    def send(self, message):
        text = json.dumps(message).encode()
        self.peer.write_all(struct.pack("<II", len(text), CONTROL) + text)

    def tidy(self):
        """Returns the pieces that the plugin has let go of."""
        free = []
        for segment in list(self.lent):
            if segment.lent and segment.idle():
                segment.lent = False
                free.append(segment.number)
            if not segment.lent:
                self.lent.discard(segment)
        if free:
            self.send({"free": free})

    def ask(self, size):
        if self.lent:
            self.tidy()
        waits = threading.Event()
        self.requests += 1
        number = self.requests
        self.answers[number] = waits
        self.send({"need": size, "request": number})
        self.peer.reading.leave()
        waits.wait()
        return waits.segment

    def place(self, buffers):
        """Puts large buffers of a message into shared memory and returns their places,
        None for those that go as bytes. The list is the only one to refer to them."""
        places = [None] * len(buffers)
        inside = []
        for i, data in enumerate(buffers):
            size = memoryview(data).nbytes
            if size < self.start:
                continue
            segment, offset = self.find(data)
            if segment is None:
                places[i] = self.copy(data, size)
            else:
                inside.append((i, segment, offset, size))
                buffers[i] = None
            data = None
        for i, segment, offset, size in inside:
            if segment.lent and segment.idle():
                segment.lent = False
                places[i] = (segment.number, offset)
            else:  # the plugin keeps it
                buffers[i] = segment.view(offset, size)
                places[i] = self.copy(buffers[i], size)
        return places

    def copy(self, data, size):
        segment = self.ask(size)
        if segment is None:
            return None
        segment.map[:size] = data
        return segment.number, 0

    def find(self, data):
        """The piece that an array of numpy lies in."""
        np = sys.modules.get("numpy")
        array = data.obj if type(data) is memoryview else None
        if np is None or not isinstance(array, np.ndarray):
            return None, 0
        owner = array
        while isinstance(owner, np.ndarray):
            owner = owner.base
        while type(owner) is memoryview:
            owner = owner.obj
        if type(owner) is not mmap.mmap:
            return None, 0
        for segment in list(self.lent):
            if segment.map is owner:
                if segment.address is None:
                    segment.address = _address(np.frombuffer(segment.map, "u1"))
                return segment, _address(array) - segment.address
        return None, 0


def _address(array):
    return array.__array_interface__["data"][0]
