"""What crosses the border: values to JSON with buffers beside it, and back.

Encoder and Decoder are the two ways in; the classes before them are what a plugin
sees. Everything JSON has no form for is an object with "_rtype" (see the vectors in
engine/testdata/wire)."""

import itertools
import json
import os
import re
import sys
from collections import OrderedDict

from _imjoy.kept import kept

MAX_DEPTH = 200  # three calls of Python's 1000 for each, so that the complaint is ours


class Dict(dict):
    """An object: a dict whose keys are attributes too. A missing attribute is None."""

    __slots__ = ()

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)  # copying, pickling and numpy ask for these
        return self.get(name)

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def copy(self):
        return Dict(self)


class Answering(Dict):
    """An interface with the member "*": each member that it does not have is a
    function, which calls that one with the name first."""

    __slots__ = ("_answer",)

    def __init__(self, members, answer):
        super().__init__(members)
        object.__setattr__(self, "_answer", answer)

    def __missing__(self, name):
        if not isinstance(name, str) or name.startswith("_"):
            raise KeyError(name)
        return lambda *args, **kwargs: self._answer(name, *args, **kwargs)

    def __getattr__(self, name):
        if name.startswith("_"):
            return Dict.__getattr__(self, name)
        return self[name]


class Iterator:
    """An iterator of the other side: `async for` in async code, `for` elsewhere. Each
    step is a call. Leaving the loop early lets go of it; close() and `await aclose()`
    say so at once, so that its `finally` runs."""

    __slots__ = ("_members", "__weakref__")

    def __init__(self, members):
        self._members = members

    def _step(self, r):
        if isinstance(r, dict) and not r.get("done"):
            return True, r.get("value")
        self._members = None
        return False, r.get("value") if isinstance(r, dict) else None

    def __iter__(self):
        return self

    def __next__(self):
        if self._members is None:
            raise StopIteration
        try:
            more, value = self._step(self._members["next"]().result())
        except BaseException:
            self._members = None  # as a generator that raised
            raise
        if more:
            return value
        raise StopIteration(value)

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._members is None:
            raise StopAsyncIteration
        try:
            more, value = self._step(await self._members["next"]())
        except BaseException:
            self._members = None
            raise
        if more:
            return value
        raise StopAsyncIteration

    def _finish(self):
        members, self._members = self._members, None
        return members["return"]() if members and callable(members.get("return")) else None

    def close(self):
        promise = self._finish()
        if promise is not None:
            promise.result()

    async def aclose(self):
        promise = self._finish()
        if promise is not None:
            await promise

    def __repr__(self):
        return "<iterator of the other side>"


class Error(Exception):
    """An error of the other side: its message, with `name` and `trace`."""

    def __init__(self, message="", name="Error", trace=""):
        super().__init__(message)
        self.message, self.name, self.trace = message, name, trace

    def __str__(self):
        return self.message


class Blob(bytes):
    """Bytes with a MIME type."""

    type = ""

    def __new__(cls, data=b"", type=""):
        blob = super().__new__(cls, data)
        blob.type = type
        return blob


class File:
    """Data with a name: a path on this machine, or bytes that came along.

    open() gives a binary file object; read, seek, tell, close and iteration work on
    the file itself, so that it can be handed to libraries that take a file. Those that
    take a path get one: of bytes, that of a copy, which is written when it is asked for.
    """

    def __init__(self, name="", type="", size=0, path="", data=None):
        self.name, self.type, self.size, self.data = name, type, size, data
        self._path, self._copy, self._stream = path, "", None

    @property
    def path(self):
        if self.data is None:
            return self._path
        if not os.path.isfile(self._copy):  # else it made room for others
            self._copy = kept.place(self.name, self.data)
        return self._copy

    @path.setter
    def path(self, path):
        self._path = self._copy = path

    def open(self, mode="rb", **options):
        if self.data is None:
            return open(self.path, mode, **options)
        import io

        stream = io.BytesIO(self.data)
        return stream if "b" in mode else io.TextIOWrapper(stream, options.get("encoding") or "utf-8")

    def text(self, encoding="utf-8"):
        with self.open() as stream:
            return stream.read().decode(encoding)

    def _opened(self):
        if self._stream is None:
            self._stream = self.open()
        return self._stream

    def read(self, size=-1):
        return self._opened().read(size)

    def seek(self, offset, whence=0):
        return self._opened().seek(offset, whence)

    def tell(self):
        return self._opened().tell()

    def readable(self):
        return True

    def seekable(self):
        return True

    def close(self):
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return iter(self._opened())

    def __fspath__(self):
        path = self.path
        if not path:
            raise TypeError("the file %r has neither a path nor content here" % self.name)
        return path

    def __getitem__(self, key):
        if key in ("name", "type", "size", "path", "data"):
            return getattr(self, key)
        raise KeyError(key)

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def __repr__(self):
        return "<File %r, %d bytes>" % (self.name, self.size)


# Element types by their name: struct's letter and the size in bytes.
DTYPES = {
    "int8": ("b", 1), "int16": ("h", 2), "int32": ("i", 4), "int64": ("q", 8),
    "uint8": ("B", 1), "uint16": ("H", 2), "uint32": ("I", 4), "uint64": ("Q", 8),
    "float16": ("e", 2), "float32": ("f", 4), "float64": ("d", 8), "bool": ("?", 1),
}  # fmt: skip


class Array:
    """An n-dimensional array where numpy is not installed: dtype, shape and data
    (little-endian, last axis fastest). Iterating, indexing and tolist() give numbers;
    numpy.asarray takes it without a copy."""

    def __init__(self, dtype, shape, data):
        self.dtype, self.shape, self.data = dtype, tuple(shape), memoryview(data)

    @property
    def __array_interface__(self):
        letter, size = DTYPES[self.dtype]
        kind = "b" if letter == "?" else {"i": "i", "u": "u", "f": "f"}[self.dtype[0]]
        order = "|" if size == 1 else "<"
        return {"version": 3, "shape": self.shape, "typestr": "%s%s%d" % (order, kind, size), "data": self.data}

    @property
    def size(self):
        n = 1
        for axis in self.shape:
            n *= axis
        return n

    @property
    def ndim(self):
        return len(self.shape)

    def tolist(self):
        import struct

        flat = struct.unpack("<%d%s" % (self.size, DTYPES[self.dtype][0]), self.data)
        if not self.shape:
            return flat[0]
        rows = list(flat)
        for axis in self.shape[:0:-1]:
            rows = [rows[i : i + axis] for i in range(0, len(rows), axis)] if axis else []
        return rows if 0 not in self.shape[1:] else [[] for _ in range(self.shape[0])]

    def __len__(self):
        if not self.shape:
            raise TypeError("an array without axes has no length")
        return self.shape[0]

    def __iter__(self):
        return iter(self.tolist())

    def __getitem__(self, index):
        value = self.tolist()
        for i in index if isinstance(index, tuple) else (index,):
            value = value[i]
        return value

    def __repr__(self):
        return "<Array %s %s>" % (self.dtype, "x".join(map(str, self.shape)))


def numpy():
    """numpy, imported when the first array arrives; None where it is not installed."""
    module = sys.modules.get("numpy")
    if module is None and not numpy.missing:
        try:
            import numpy as module
        except Exception:  # also an installation that is broken
            numpy.missing = True
    return module


numpy.missing = False


class Codecs:
    """What api.registerCodec was given, by the type to encode and by "_rtype"."""

    def __init__(self):
        self.encoders, self.decoders = [], {}

    def register(self, codec):
        name = codec.get("name")
        if not name:
            raise ValueError("a codec needs a name")
        self.encoders = [c for c in self.encoders if c[0] != name]
        if codec.get("type") and codec.get("encoder"):
            self.encoders.insert(0, (name, codec["type"], codec["encoder"]))
        if codec.get("decoder"):
            self.decoders[name] = codec["decoder"]


codecs = Codecs()


# --- to the other side ---------------------------------------------------------

PLAIN = {str, int, float, bool, type(None)}
_numbers = map("py%d".__mod__, itertools.count(1))
_long_number = re.compile(r"[0-9]{19}")


def _refuse_object(v):
    raise TypeError("a %s is not JSON" % type(v).__name__)


def _make_dumps():
    """json.dumps without making an encoder each time: that costs more than encoding
    a small call."""
    make = json.encoder.c_make_encoder
    if make is None:
        return json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode
    encode = make(None, _refuse_object, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda v: "".join(encode(v, 0))


_dumps = _make_dumps()


class Encoder:
    """Encodes one value; buffers and functions are collected in order."""

    def __init__(self, eager=False):
        self.buffers, self.functions, self.depth = [], [], 0
        self.eager = eager  # iterators become lists, for those who only take data
        self.strict = False  # look at every number of a list
        self.read = {}  # what was read from iterators and streams, which works only once

    def text(self, value):
        """The value as JSON. Numbers in lists are only looked at one by one when the
        text shows that JSON cannot hold one of them."""
        try:
            text = _dumps(self.encode(value))
            if not _long_number.search(text):
                return text
        except ValueError:
            if self.depth:
                raise
        self.buffers, self.functions, self.strict = [], [], True
        return _dumps(self.encode(value))

    def encode(self, v):
        kind = type(v)
        if kind is str or kind is bool or v is None:
            return v
        if kind is int:
            return v if -(2**63) <= v < 2**63 else {"_rtype": "bigint", "_rvalue": str(v)}
        if kind is float:
            return v if v - v == 0 else {"_rtype": "number", "_rvalue": _odd(v)}
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TypeError("a value that contains itself, or is nested deeper than %d levels, cannot be sent" % MAX_DEPTH)
        if kind is list or kind is tuple:
            encoded = self.items(v)
        elif kind is dict or kind is Dict:
            encoded = self.object(v)
        else:
            encoded = self.other(v)
        self.depth -= 1
        return encoded

    def items(self, v):
        if not self.strict and PLAIN.issuperset(map(type, v)):
            return v
        return [self.encode(item) for item in v]

    def object(self, v):
        if v.get("_rintf"):
            return self.interface({k: m for k, m in v.items() if not str(k).startswith("_")}, v["_rintf"])
        keys = set(map(type, v))
        if keys <= {str}:
            return {k: self.encode(item) for k, item in v.items()}
        if keys <= PLAIN:
            return {k if type(k) is str else json.dumps(k): self.encode(item) for k, item in v.items()}
        return self.pairs(v)

    def pairs(self, v):
        return {"_rtype": "orderedmap", "_rvalue": [[self.encode(k), self.encode(item)] for k, item in v.items()]}

    def interface(self, members, name):
        encoded = {k: self.encode(m) for k, m in members.items()}
        return {"_rtype": "interface", "_rid": name if isinstance(name, str) else next(_numbers), "_rvalue": encoded}

    def buffer(self, data):
        self.buffers.append(data)
        return len(self.buffers) - 1

    def array(self, dtype, shape, data):
        return {"_rtype": "ndarray", "_rvalue": self.buffer(data), "_rshape": list(shape), "_rdtype": dtype}

    def other(self, v):
        for name, kind, encoder in codecs.encoders:
            if isinstance(v, kind):
                encoded = encoder(v)
                if isinstance(encoded, dict):
                    encoded = dict(encoded)
                    encoded.setdefault("_rtype", name)
                return self.encode(encoded)
        if isinstance(v, OrderedDict):
            return self.pairs(v)
        if isinstance(v, Blob):
            return {"_rtype": "blob", "_rmime": v.type, "_rvalue": self.buffer(bytes(v))}
        if isinstance(v, (bytes, bytearray)):
            return {"_rtype": "bytes", "_rvalue": self.buffer(v)}
        if isinstance(v, memoryview):
            return {"_rtype": "memoryview", "_rvalue": self.buffer(v.cast("B") if v.c_contiguous and v.nbytes else v.tobytes())}
        if isinstance(v, (set, frozenset)):
            return {"_rtype": "set", "_rvalue": [self.encode(item) for item in _stable(v)]}
        if isinstance(v, BaseException):
            return _error(v)
        if isinstance(v, Array):
            return self.array(v.dtype, v.shape, v.data)
        if isinstance(v, File):
            return self.file(v.name, v.type, v.size, v._path, v.data)
        np = sys.modules.get("numpy")
        if np is not None:
            if isinstance(v, np.generic):
                return self.scalar(v)
            if isinstance(v, np.ndarray):
                return self.ndarray(np, v)
        return self.rare(v)

    def scalar(self, v):
        # numpy's numbers are numbers: whoever gets a mean wants 0.5, not an array
        item = v.item()
        if type(item) not in PLAIN and not isinstance(item, bytes):
            raise TypeError("a numpy.%s cannot be sent: send str(x), or its parts" % type(v).__name__)
        return self.encode(item)

    def ndarray(self, np, v):
        name = v.dtype.name
        if name not in DTYPES:
            hint = "x.real and x.imag" if v.dtype.kind == "c" else "x.tolist()" if v.dtype.kind in "OUS" else "x.astype(...)"
            raise TypeError("an array of %s cannot be sent: send %s" % (name, hint))
        v = np.asarray(v, dtype=v.dtype.newbyteorder("<"), order="C")
        data = memoryview(v).cast("B") if v.ndim and v.size else v.tobytes()
        return self.array(name, v.shape, data)

    def file(self, name, kind, size, path, data):
        encoded = {"_rtype": "file", "_rname": name, "_rmime": kind, "_rsize": size}
        if path:
            encoded["_rpath"] = path
        if data is not None:
            encoded["_rvalue"] = self.buffer(data)
        return encoded

    def rare(self, v):
        import array
        import collections.abc
        import enum
        import io

        if isinstance(v, enum.Enum):
            return self.encode(v.value)
        if isinstance(v, (str, int, float)):  # subclasses
            return self.encode(next(kind(v) for kind in (str, int, float) if isinstance(v, kind)))
        if isinstance(v, dict):
            return self.object(v)
        if isinstance(v, (list, tuple, range, collections.deque)):
            return self.items(list(v))
        if isinstance(v, array.array) and v.typecode in "bBhHiIlLqQfd":
            name = {"b": "int", "h": "int", "i": "int", "l": "int", "q": "int", "f": "float", "d": "float"}.get(v.typecode, "uint")
            return self.array("%s%d" % (name, 8 * v.itemsize), (len(v),), v.tobytes())
        if isinstance(v, io.IOBase):
            return self.stream(v)
        if isinstance(v, os.PathLike):
            return os.fspath(v)
        if isinstance(v, collections.abc.MappingView):
            return self.items(list(v))
        if isinstance(v, Iterator):
            return self.iterator(v._members or {"next": _exhausted})
        if isinstance(v, collections.abc.Iterator):
            return self.items(self.once(v, list)) if self.eager else self.iterator(_sync_steps(v))
        if isinstance(v, collections.abc.AsyncIterator):
            return self.iterator(_async_steps(v))
        return self.alive(v)

    def iterator(self, steps):
        return dict(self.interface(steps, True), _riter=True)

    def once(self, v, read):
        if id(v) not in self.read:
            self.read[id(v)] = v, read(v)  # v is kept, or its id could be another's
        return self.read[id(v)][1]

    def stream(self, v):
        name = getattr(v, "name", "")
        if isinstance(name, str) and os.path.isfile(name):
            v.flush() if v.writable() else None
            path = os.path.abspath(name)
            return self.file(os.path.basename(path), _mime(path), os.path.getsize(path), path, None)
        data = v.getvalue() if hasattr(v, "getvalue") else self.once(v, lambda v: v.read())
        data = data.encode("utf-8") if isinstance(data, str) else data
        return self.file("", "", len(data), "", data)

    def alive(self, v):
        if isinstance(v, type):
            raise TypeError("the class %s cannot be sent: send an instance, %s()" % (v.__name__, v.__name__))
        if hasattr(type(v), "__await__"):
            raise TypeError("this value is still to come: await it before it is sent")
        if callable(v):
            self.functions.append(v)
            return {"_rtype": "function", "_rvalue": len(self.functions) - 1}
        if type(v).__name__ == "JsProxy" and type(v.to_py()) is not type(v):  # of a browser's JavaScript
            return self.encode(v.to_py())
        if type(v).__module__ == "__main__" or getattr(v, "_rintf", None):
            return self.interface(members(v), getattr(v, "_rintf", True))
        if type(v).__module__.split(".")[0] in ("torch", "tensorflow", "jax", "jaxlib", "cupy"):
            v = v.detach().cpu() if hasattr(v, "detach") else v.get() if hasattr(v, "get") else v
            np = numpy()
            if np is not None:
                return self.ndarray(np, np.asarray(v))
        hint = ""
        if hasattr(v, "isoformat"):
            hint = ": send x.isoformat()"
        elif hasattr(v, "to_dict"):
            hint = ": send x.to_dict()"
        raise TypeError("a %s cannot be sent%s" % (type(v).__name__, hint))


# What others call of an iterator of the plugin. An iterator that is at its end is let go
# of at once, whoever still holds the functions.

END = {"done": True, "value": None}


def _exhausted():
    return END


def _sync_steps(v):
    held = [v]

    def step(call):
        if not held:
            return END
        try:
            return {"done": False, "value": call(held[0])}
        except StopIteration as e:
            held.clear()
            return {"done": True, "value": e.value}
        except BaseException:
            held.clear()
            raise

    def finish():
        v = held.pop() if held else None
        if hasattr(v, "close"):
            v.close()
        return END

    return {"next": lambda *_: step(next), "return": lambda *_: finish()}


def _async_steps(v):
    held = [v]

    async def step():
        if not held:
            return END
        try:
            return {"done": False, "value": await held[0].__anext__()}
        except StopAsyncIteration:
            held.clear()
            return END
        except BaseException:
            held.clear()
            raise

    async def finish():
        v = held.pop() if held else None
        if hasattr(v, "aclose"):
            await v.aclose()
        return END

    return {"next": lambda *_: step(), "return": lambda *_: finish()}


def members(v):
    """The public members of an object that is exported or sent alive."""
    found = {}
    for name in dir(v):
        if name.startswith("_"):
            continue
        try:
            found[name] = getattr(v, name)
        except Exception:  # a property that does not work here is not exported
            continue
    return found


def _odd(v):
    return "NaN" if v != v else "Infinity" if v > 0 else "-Infinity"


def _stable(v):
    try:
        return sorted(v)
    except TypeError:
        return list(v)


def _error(v):
    if isinstance(v, Error):
        encoded = {"_rtype": "error", "_rvalue": v.message, "_rname": v.name}
        if v.trace:
            encoded["_rtrace"] = v.trace
        return encoded
    encoded = {"_rtype": "error", "_rvalue": str(v), "_rname": type(v).__name__}
    if v.__traceback__ is not None:
        import traceback

        encoded["_rtrace"] = "".join(traceback.format_exception(type(v), v, v.__traceback__))
    return encoded


def _mime(path):
    import mimetypes

    return mimetypes.guess_type(path)[0] or "application/octet-stream"


# --- from the other side -------------------------------------------------------


class Decoder:
    """Decodes headers, one at a time. `function` makes a function that is bound at the
    end, because its id may stand anywhere in the header."""

    def __init__(self, function):
        self.function = function
        self.json = json.JSONDecoder(object_hook=self.hook, parse_constant=_refuse)
        self.plain = json.JSONDecoder(object_hook=Dict, parse_constant=_refuse)

    def header(self, text, buffers=()):
        if '"_rtype"' not in text:
            return self.plain.decode(text)
        self.buffers, self.functions = buffers, {}
        header = self.json.decode(text)
        refs = header.get("functions") or []
        for i, f in self.functions.items():
            if not 0 <= i < len(refs):
                raise ValueError("function %d of %d" % (i, len(refs)))
            f.bind(refs[i])
        self.buffers = self.functions = None
        return header

    def hook(self, o):
        kind = o.get("_rtype")
        if kind is None:
            return Dict(o)
        revive = REVIVERS.get(kind) if type(kind) is str else None
        if revive is not None:
            return revive(self, o)
        decoder = codecs.decoders.get(kind) if type(kind) is str else None
        return decoder(Dict(o)) if decoder else Dict(o)

    def data(self, v):
        if type(v) is int and 0 <= v < len(self.buffers):
            return self.buffers[v]
        if isinstance(v, (bytes, bytearray, memoryview)):
            return v
        if isinstance(v, list) and v:
            return bytearray(b"").join(self.data(part) for part in v)
        if hasattr(type(v), "tobytes"):
            return v.tobytes()
        raise ValueError("buffer %r of %d" % (v, len(self.buffers)))

    def bytes(self, o):
        return bytes(memoryview(self.data(o.get("_rvalue"))))

    def array(self, o, shape=None):
        name, data = o.get("_rdtype"), memoryview(self.data(o.get("_rvalue"))).cast("B")
        if name not in DTYPES:
            raise ValueError("an array has the unknown dtype %r" % (name,))
        size = DTYPES[name][1]
        if shape is None:
            if data.nbytes % size:
                raise ValueError("a typed array of %s cannot have %d bytes" % (name, data.nbytes))
            shape = [data.nbytes // size]
        count = 1
        for axis in shape:
            if type(axis) is not int or axis < 0:
                raise ValueError("the shape %r is not one" % (shape,))
            count *= axis
        if count * size != data.nbytes:
            raise ValueError("an array of %s %r cannot have %d bytes" % (name, shape, data.nbytes))
        np = numpy()
        if np is None:
            return Array(name, shape, data)
        if not count:
            return np.empty(shape, name)
        return np.frombuffer(data, np.dtype(name).newbyteorder("<")).reshape(shape)

    def nd(self, o):
        shape = o.get("_rshape")
        if not isinstance(shape, list):
            raise ValueError("an ndarray needs a list as its _rshape")
        return self.array(o, shape)

    def file(self, o):
        data = None if o.get("_rvalue") is None else self.bytes(o)
        size = o.get("_rsize") or 0
        return File(o.get("_rname") or "", o.get("_rmime") or "", size if data is None else len(data), o.get("_rpath") or "", data)

    def number(self, o):
        v = o.get("_rvalue")
        if v in ("NaN", "Infinity", "-Infinity", "-0"):
            return float(v)
        raise ValueError("%r is not a number" % (v,))

    def bigint(self, o):
        v = o.get("_rvalue")
        if isinstance(v, str) and re.match(r"-?[0-9]{1,4096}\Z", v):
            return int(v)
        raise ValueError("%r is not a whole number" % (v,))

    def set(self, o):
        v = o.get("_rvalue")
        if not isinstance(v, list):
            raise ValueError("a set is not a list")
        try:
            return set(v)
        except TypeError:
            return v  # of things that a Python set cannot hold

    def map(self, o):
        v = o.get("_rvalue")
        if not isinstance(v, list) or not all(isinstance(p, list) and len(p) == 2 for p in v):
            raise ValueError("a map is not a list of pairs")
        try:
            return OrderedDict(v)
        except TypeError:
            return [tuple(p) for p in v]  # with keys that a Python dict cannot hold

    def error(self, o):
        return Error(str(o.get("_rvalue") or ""), o.get("_rname") or "Error", o.get("_rtrace") or "")

    def interface(self, o):
        v = o.get("_rvalue")
        if not isinstance(v, dict):
            raise ValueError("an interface is not an object")
        if o.get("_riter") is True:
            if not callable(v.get("next")):
                raise ValueError("an iterator needs the function next")
            return Iterator(v)
        answer = v.pop("*", None)
        v = Answering(v, answer) if callable(answer) else Dict(v)
        v["_rintf"] = o.get("_rid") or True
        return v

    def callee(self, o):
        i = o.get("_rvalue")
        if type(i) is not int:
            raise ValueError("function %r" % (i,))
        if i not in self.functions:
            self.functions[i] = self.function()
        return self.functions[i]


REVIVERS = {
    "bytes": Decoder.bytes,
    "memoryview": lambda d, o: memoryview(d.data(o.get("_rvalue"))),
    "blob": lambda d, o: Blob(d.bytes(o), o.get("_rmime") or ""),
    "typedarray": Decoder.array,
    "ndarray": Decoder.nd,
    "file": Decoder.file,
    "number": Decoder.number,
    "bigint": Decoder.bigint,
    "set": Decoder.set,
    "orderedmap": Decoder.map,
    "error": Decoder.error,
    "interface": Decoder.interface,
    "function": Decoder.callee,
}


def _refuse(token):
    raise ValueError("%s is not JSON" % token)
