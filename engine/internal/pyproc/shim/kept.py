"""Files that came as bytes, for libraries that want a path.

A person chose them in a page, or another plugin sent them: they have no place on this
machine that this process may read. They get one in the folder that is the plugin's own,
when somebody asks for it. The process writes them itself, with no more rights than the
plugin has, so a name can lead nowhere; the folder is removed with the process."""

import os
import re
import threading

# What may lie there at once, in bytes and in files. The folder may hold 1 GiB, and the
# plugin writes there, too.
LIMIT = 768 << 20
MAX_FILES = 4096

# The longest name, in bytes; systems take 255.
MAX_NAME = 160
MAX_SUFFIX = 40

# The variable that names the folder. It is none of the plugin's business.
FOLDER = "IMJOY_KEPT"

# Names of devices in Windows, with anything behind a dot, too.
DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])\s*(\..*)?\Z", re.I | re.S)
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\ud800-\udfff]')


def plain(name):
    """The last part of a name, as every system takes it. What comes behind its first
    dots stays where it is short: libraries look at that."""
    name = FORBIDDEN.sub("_", re.split(r"[/\\]", str(name))[-1]).strip().rstrip(". ")
    if DEVICE.match(name):
        name = "_" + name
    stem, suffix = name, ""
    if len(name.encode("utf-8")) > MAX_NAME:
        cut = re.search(r"(\.[A-Za-z0-9_-]{1,%d}){1,2}\Z" % (MAX_SUFFIX // 2 - 1), name)
        suffix = cut.group() if cut else ""
        stem = name[: len(name) - len(suffix)].encode("utf-8")[: MAX_NAME - len(suffix)].decode("utf-8", "ignore").rstrip(". ")
    return (stem + suffix) or "file"


class Kept:
    """What lies in the folder. A file stays while a call is served that was there when
    it was written; then the oldest make room for new ones."""

    def __init__(self, folder=None):
        self.folder = folder
        self.lock = threading.Lock()
        self.files = []  # (path, bytes, latest call), oldest first
        self.size = 0
        self.latest = 0  # the newest call of the host
        self.serving = ()  # those that have no answer yet

    def place(self, name, data):
        """Writes a file into a folder of its own and returns its path."""
        import tempfile

        with self.lock:
            self.make_room(name, len(data))
            folder = tempfile.mkdtemp("", "file-", self.folder)
            path = os.path.join(folder, plain(name))
            try:
                with open(path, "xb") as to:
                    to.write(data)
            except BaseException:
                _remove(path)
                raise
            self.files.append((path, len(data), self.latest))
            self.size += len(data)
            return path

    def renumber(self):
        """Another program comes, whose calls have other numbers."""
        with self.lock:
            self.files = [(path, size, 0) for path, size, _ in self.files]

    def make_room(self, name, size):
        oldest = min(list(self.serving), default=self.latest + 1)
        while self.files and (self.size + size > LIMIT or len(self.files) >= MAX_FILES):
            path, its, then = self.files[0]
            if then >= oldest:
                break
            del self.files[0]
            self.size -= its
            _remove(path)
        if self.size + size > LIMIT or len(self.files) >= MAX_FILES:
            raise OSError(
                "the file %r of %d bytes gets no path: beside the %d files of this call that have one it is more than %d MiB, or %d files; read it with open() or read()"
                % (name, size, len(self.files), LIMIT >> 20, MAX_FILES)
            )


def _remove(path):
    for remove, what in ((os.remove, path), (os.rmdir, os.path.dirname(path))):
        try:
            remove(what)
        except OSError:
            pass  # the plugin moved it, or put something beside it: it goes with the process


# The folder is not in the environment of what the plugin starts.
kept = Kept(os.environ.pop(FOLDER, None))
