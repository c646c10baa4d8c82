"""Makes the data files of the examples. Run it in this folder: python3 make.py

It needs only the standard library and gives the same values each time."""

import math
import struct
import zlib

SPOTS = [(6, 5, 2.2, 900), (20, 8, 2.8, 700), (11, 17, 2.0, 1000), (27, 19, 2.4, 800), (31, 27, 0.4, 600)]
WIDTH, HEIGHT = 40, 32


class Noise:
    """A small generator of numbers from -1 to 1, the same on all machines."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (1103515245 * self.state + 12345) % 2**31
        return self.state / 2**30 - 1


def cells():
    """Four cells and a hot pixel on a dim background."""
    noise = Noise(1)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            light = sum(h * math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * s * s)) for cx, cy, s, h in SPOTS)
            yield round(100 + light + 15 * noise())


def npy(name, dtype, letter, shape, values):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (dtype, shape)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(name, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        f.write(struct.pack("<%d%s" % (len(values), letter), *values))


def png(name, width, height, values):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes(values[y * width : (y + 1) * width]) for y in range(height))
    with open(name, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)))
        f.write(chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def growth(name):
    noise = Noise(2)
    with open(name, "w", newline="\n") as f:
        f.write("hours,wild type,mutant\n")
        for t in range(0, 13, 2):
            wild = 1.6 / (1 + math.exp(-(t - 5) / 1.2)) + 0.05
            mutant = 1.1 / (1 + math.exp(-(t - 7) / 1.5)) + 0.05
            f.write("%d,%.3f,%.3f\n" % (t, wild + 0.02 * noise(), mutant + 0.02 * noise()))


def trace(name):
    noise = Noise(3)
    with open(name, "w", newline="\n") as f:
        f.write("time,signal\n")
        for i in range(200):
            t = i / 10
            events = sum(h * math.exp(-(t - s) / 0.8) for s, h in [(3, 1.5), (8.5, 1.1), (14, 1.9)] if t >= s)
            f.write("%.1f,%.3f\n" % (t, 1 + events + 0.1 * noise()))


def main():
    image = list(cells())
    npy("cells.npy", "<u2", "H", (HEIGHT, WIDTH), image)
    png("cells.png", WIDTH, HEIGHT, [min(p // 5, 255) for p in image])
    npy("hot-pixel.npy", "|u1", "B", (4, 5), [10, 12, 11, 10, 9, 11, 250, 12, 11, 10, 10, 11, 13, 12, 11, 9, 10, 12, 11, 10])
    growth("growth.csv")
    trace("trace.csv")


main()
