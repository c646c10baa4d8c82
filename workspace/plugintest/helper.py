# The helper `t` of a test function, defined behind the plugin's own scripts. It lives in
# the plugin, so that a failed comparison stops the test where it stands.
def _imjoy_test_helper():
    import reprlib

    from imjoy import api

    class SkipTest(Exception):
        pass

    SkipTest.__qualname__ = "SkipTest"
    show = reprlib.Repr()
    show.maxstring = show.maxother = 200
    show.maxlist = show.maxtuple = show.maxdict = show.maxset = 10
    show = show.repr

    def fail(what, message=None):
        raise AssertionError("%s: %s" % (message, what) if message else what)

    def is_array(v):
        return hasattr(v, "dtype") and hasattr(v, "shape")

    def array_difference(a, b, path):
        a_shape, b_shape = tuple(getattr(a, "shape", ())), tuple(getattr(b, "shape", ()))
        if a_shape != b_shape:
            return path + ".shape", a_shape, b_shape
        if str(a.dtype) != str(b.dtype):
            return path + ".dtype", str(a.dtype), str(b.dtype)
        for i, (x, y) in enumerate(zip(a.reshape(-1).tolist(), b.reshape(-1).tolist())):
            if x != y and not (x != x and y != y):
                return "%s[%d]" % (path, i), x, y
        return None

    def difference(a, b, path=""):
        if is_array(a) and is_array(b):
            return array_difference(a, b, path)
        if isinstance(a, dict) and isinstance(b, dict):
            for key in list(a) + [k for k in b if k not in a]:
                if key not in a or key not in b:
                    return "%s[%r]" % (path, key), a.get(key, "nothing"), b.get(key, "nothing")
                found = difference(a[key], b[key], "%s[%r]" % (path, key))
                if found:
                    return found
            return None
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
            if len(a) != len(b):
                return "len(%s)" % path.lstrip("."), len(a), len(b)
            for i, (x, y) in enumerate(zip(a, b)):
                found = difference(x, y, "%s[%d]" % (path, i))
                if found:
                    return found
            return None
        if is_array(a) or is_array(b):
            return path, a, b
        if a == b or (a != a and b != b):
            return None
        return path, a, b

    class Raises:
        def __init__(self, want, message):
            self.want, self.message, self.error = want, message, None

        def __enter__(self):
            return self

        def __exit__(self, kind, error, traceback):
            if error is None:
                fail("nothing was raised", self.message)
            if not isinstance(error, Exception):
                return False
            self.error = error
            text = "%s: %s" % (type(error).__name__, error)
            if self.want is None:
                fits = True
            elif isinstance(self.want, (type, tuple)):
                fits = isinstance(error, self.want)
            elif hasattr(self.want, "search"):
                fits = self.want.search(text) is not None
            else:
                fits = str(self.want) in text
            if not fits:
                fail("raised %s, which does not fit %r" % (show(text), self.want), self.message)
            return True

    class T:
        """What a test function gets: t.equal(1 + 1, 2)."""

        def __init__(self, name):
            self.name = name

        def log(self, *values):
            print(*values)

        def ok(self, value, message=None):
            if not value:
                fail("got %s where something true is expected" % show(value), message)

        def not_ok(self, value, message=None):
            if value:
                fail("got %s where something false is expected" % show(value), message)

        def equal(self, actual, want, message=None):
            if is_array(actual) or is_array(want):
                self.deep_equal(actual, want, message)
            elif actual != want:
                fail("got %s, expected %s" % (show(actual), show(want)), message)

        def not_equal(self, actual, other, message=None):
            if difference(actual, other) is None:
                fail("got %s, expected another value" % show(actual), message)

        def deep_equal(self, actual, want, message=None):
            found = difference(actual, want)
            if found:
                where = "at %s: " % found[0] if found[0] else ""
                fail("%sgot %s, expected %s" % (where, show(found[1]), show(found[2])), message)

        def close(self, actual, want, tolerance=1e-9, message=None):
            def flat(v):
                if hasattr(v, "tolist"):
                    v = v.tolist()
                return [x for item in v for x in flat(item)] if isinstance(v, (list, tuple)) else [v]

            actual, want = flat(actual), flat(want)
            if len(actual) != len(want):
                fail("got %d numbers, expected %d" % (len(actual), len(want)), message)
            for i, (x, y) in enumerate(zip(actual, want)):
                if not abs(x - y) <= tolerance and not (x == y or x != x and y != y):
                    where = "at [%d]: " % i if len(actual) > 1 else ""
                    fail("%sgot %r, expected %r ± %r" % (where, x, y, tolerance), message)

        def match(self, text, pattern, message=None):
            import re

            if not re.search(pattern, text):
                fail("%s does not match %r" % (show(text), pattern), message)

        def throws(self, action=None, want=None, message=None):
            """Calls a function that must raise; t.throws(int, "x") is not it: give
            lambda: int("x"). Without one it is a context manager, as raises is."""
            if callable(action) and not isinstance(action, type):
                with Raises(want, message) as caught:
                    action()
                return caught.error
            return Raises(action if action is not None else want, message)

        def raises(self, want=None, message=None):
            return Raises(want, message)

        def fail(self, message=None):
            fail(message or "failed")

        def skip(self, reason=""):
            raise SkipTest(reason)

        notOk, notEqual, deepEqual, notDeepEqual, not_deep_equal = not_ok, not_equal, deep_equal, not_equal, not_equal

    api.registerCodec({"name": "imjoy-test", "decoder": lambda o: T(o["name"])})


_imjoy_test_helper()
