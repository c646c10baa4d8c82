"""The plugin: its scripts, what it exported, and where its code stands in the
document."""

import linecache
import re
import sys
import threading

from _imjoy import api, browser, hints, utils, values
from _imjoy.promise import Promise

EXPORT_MISSING = "the plugin never calls api.export(...), so there is nothing to run"


class Script:
    """One script block. Its text lies in the document from `line` on, and `columns`
    says how many columns were cut off each line's start (the last one goes on)."""

    def __init__(self, index, given):
        self.block = given.get("block", index)
        self.text = given["text"]
        self.line = given.get("line") or 1
        columns = given.get("columns") or [0]
        self.columns = columns if isinstance(columns, list) else [columns]
        self.lines = re.split(r"\r\n|\r|\n", self.text)

    def holds(self, line):
        return self.line <= line < self.line + len(self.lines)

    def column(self, line, column):
        i = line - self.line
        return self.columns[min(i, len(self.columns) - 1)] + column

    def compile(self, name):
        # Lines that come before it in the document make Python count as the reader does.
        flags = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return compile("\n" * (self.line - 1) + self.text, name, "exec", flags, dont_inherit=True)


class Plugin:
    def __init__(self, main):
        self.main = main
        self.api = api.Api(main.peer, self)
        self.api.utils = utils.Utils(self.api, "utils")
        self.file = "plugin.imjoy.html"
        self.scripts = []
        self.exported = None
        self.started = False
        self.changed = False  # exported again after the start

    # --- start ---

    def start(self, params):
        self.started = True
        self.file = params.get("file") or params.get("name") or self.file
        self.scripts = [Script(i, s) for i, s in enumerate(params.get("scripts") or [])]
        for name, value in (params.get("config") or {}).items():
            self.api.__dict__[name] = value
        api.install(self.api)
        browser.install()
        self.remember_lines()
        if self.wants_loop():
            self.main.need_loop()
        done = Promise(self.main, "the start")
        self.main.post(self.execute, 0, done)
        return done

    def wants_loop(self):
        """Scripts that use asyncio run inside its loop, as in ImJoy, unless they start
        it themselves."""
        text = "\n".join(s.text for s in self.scripts)
        if re.search(r"\b(asyncio\.run|run_until_complete|run_forever)\s*\(", text):
            return False
        return re.search(r"\b(asyncio|async|await)\b", text) is not None

    def remember_lines(self):
        """Tracebacks, also those that Python prints, show lines of the document."""
        lines = []
        for s in self.scripts:
            lines.extend([""] * (s.line - 1 - len(lines)))
            lines[s.line - 1 :] = s.lines
        lines = [line + "\n" for line in lines]
        linecache.cache[self.file] = (sum(map(len, lines)), None, lines, self.file)

    def execute(self, index, done):
        module = sys.modules["__main__"]
        if index == 0:
            names = module.__dict__
            for name in [n for n in names if n == "_imjoy_boot"]:
                del names[name]
            names["api"] = self.api  # no __file__: multiprocessing would run it as Python
        try:
            if index == len(self.scripts):
                self.await_export(done)
                return
            code = self.scripts[index].compile(self.file)
            result = eval(code, module.__dict__)
        except BaseException as e:
            done._settle(False, e)
            return
        if code.co_flags & 0x80:  # it awaits

            def go_on(ok, value):  # what a script comes to is of no interest
                if ok:
                    self.execute(index + 1, done)
                else:
                    done._settle(False, value)

            self.main.start_task(result, go_on)
        else:
            self.execute(index + 1, done)

    def await_export(self, done):
        if self.exported is not None:
            done._settle(True, self.interface())
            self.changed = True
        elif self.busy():
            self.main.later(lambda: self.await_export(done))
        else:
            done._settle(False, values.Error(EXPORT_MISSING, "ExportError"))

    def busy(self):
        """Whether anything is left that could still export."""
        if self.main.peer.pending or not self.main.queue.empty():
            return True
        if any(not getattr(t, "imjoy", False) and t is not threading.main_thread() for t in threading.enumerate()):
            return True
        loop = self.main.loop
        if loop is None:
            return False
        import asyncio

        tasks = [t for t in asyncio.all_tasks(loop) if not t.done()]
        timers = [h for h in getattr(loop, "_scheduled", ()) if not h.cancelled()]
        return bool(tasks or timers)

    # --- exports ---

    def export(self, interface):
        if interface is None:
            raise TypeError("api.export needs an object with the plugin's functions")
        if isinstance(interface, type):
            raise TypeError("api.export got the class %s: export an instance, %s()" % (interface.__name__, interface.__name__))
        if isinstance(interface, dict):
            interface = {k: v for k, v in interface.items() if isinstance(k, str) and not k.startswith("_")}
        else:
            interface = values.members(interface)
        self.exported = interface
        if self.changed:
            self.main.peer.notify("exports", self.interface())

    def interface(self):
        """The names of the functions, those of inner objects as "inner.name", and the
        members that are values."""
        names, plain = [], {}
        self.collect(self.exported, "", names, plain)
        return {"exports": names, "values": plain}

    def collect(self, interface, prefix, names, plain):
        for name, value in interface.items():
            if not isinstance(name, str) or name.startswith("_"):
                continue
            if callable(value) and not isinstance(value, type):
                names.append(prefix + name)
                continue
            inner = value if isinstance(value, dict) else values.members(value) if type(value).__module__ == "__main__" else None
            if inner is not None and any(callable(v) for v in inner.values()) and prefix.count(".") < 4:
                self.collect(inner, prefix + name + ".", names, {})
                continue
            try:
                values.Encoder().text(value)
            except Exception:  # it cannot leave the plugin, so it is not exported
                continue
            plain[name] = value

    def method(self, name):
        if name == "worker.ready":
            return _nothing
        if name == "worker.rest":
            return self.main.rest
        if name == "worker.start" and not self.started:
            return self.start
        if name == "worker.attach" and self.exported is not None:
            return self.interface
        prefix, _, path = name.partition(".")
        if prefix != "plugin" or self.exported is None:
            raise values.Error(EXPORT_MISSING, "ExportError")
        value = self.exported
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
            if part.startswith("_"):
                value = None
        if not callable(value) or isinstance(value, type):
            raise values.Error('the plugin does not export a function "%s"' % path, "ReferenceError")
        return value

    # --- errors ---

    def describe(self, error, called=None):
        """An error as the host shows it: name, message, frames of the document with
        the innermost first. One without any comes from how a function was called, or
        from what it returned: then it is where `called`, its code, is defined."""
        if isinstance(error, values.Error):
            fault = {"name": error.name, "message": error.message}
        elif isinstance(error, SyntaxError) and error.filename == self.file:
            return {"name": type(error).__name__, "message": error.msg, "stack": self.syntax_position(error)}
        elif isinstance(error, MemoryError):
            fault = {"name": "MemoryError", "message": str(error) or "out of memory"}
        elif isinstance(error, SystemExit):
            fault = {"name": "SystemExit", "message": "the plugin called sys.exit(%s)" % ("" if error.code is None else repr(error.code))}
        elif type(error).__name__ == "CancelledError":
            fault = {"name": "AbortError", "message": "the call was canceled"}
        else:
            fault = {"name": type(error).__name__, "message": _message(error)}
            hint = hints.hint(error)
            if hint:
                fault["message"] += ": " + hint
        fault["stack"] = self.positions(error.__traceback__) or self.definition(called)
        return fault

    def syntax_position(self, error):
        line = error.lineno or 1
        script = self.script_at(line)
        if script is None:
            return []
        column = script.column(line, max(error.offset or 1, 1))
        return [{"line": line, "column": column, "function": "", "block": script.block}]

    def script_at(self, line):
        for script in reversed(self.scripts):
            if script.holds(line):
                return script
        return None

    def positions(self, traceback):
        found = []
        while traceback is not None:
            found.append(self.position(traceback.tb_frame.f_code, traceback.tb_lineno, traceback.tb_lasti))
            traceback = traceback.tb_next
        return [p for p in reversed(found) if p]

    def definition(self, code):
        """The line of a function's name; decorators come before it."""
        if getattr(code, "co_filename", None) != self.file:
            return []
        line, script = code.co_firstlineno, self.script_at(code.co_firstlineno)
        if script is not None:
            named = re.compile(r"\s*(async\s+)?def\s+%s\b" % re.escape(code.co_name))
            for i in range(line - script.line, min(line - script.line + 100, len(script.lines))):
                if named.match(script.lines[i]):
                    line = script.line + i
                    break
        return [p for p in [self.position(code, line, None)] if p]

    def positions_of_frame(self, frame):
        found = []
        while frame is not None:
            found.append(self.position(frame.f_code, frame.f_lineno, frame.f_lasti))
            frame = frame.f_back
        return [p for p in found if p]

    def position(self, code, line, instruction):
        if code.co_filename != self.file or line is None:
            return None
        script = self.script_at(line)
        if script is None:
            return None
        text = script.lines[line - script.line]
        start = len(text) - len(text.lstrip())
        if hasattr(code, "co_positions"):  # from Python 3.11 on; columns are bytes of UTF-8
            for i, (first, _, column, _) in enumerate(code.co_positions()):
                if 2 * i == instruction and first == line and column is not None:
                    start = len(text.encode("utf-8")[:column].decode("utf-8", "replace"))
                    break
        name = "" if code.co_name == "<module>" else getattr(code, "co_qualname", code.co_name)
        return {"line": line, "column": script.column(line, start + 1), "function": name, "block": script.block}

    def here(self):
        """The plugin's code that runs right now, for position(): cheap, because every
        call asks."""
        frame = sys._getframe(2)
        for _ in range(20):
            if frame is None:
                return None
            if frame.f_code.co_filename == self.file:
                return frame.f_code, frame.f_lineno, frame.f_lasti
            frame = frame.f_back
        return None

    def unhandled(self, loop, context):
        """Errors of tasks that nobody waits for."""
        error = context.get("exception")
        if error is not None:
            self.main.unseen(error)
        else:
            self.main.unseen(values.Error(context.get("message") or "an error in asyncio"))


def code_of(function):
    """The code of what can be called, True when it has none."""
    try:
        return function.__code__  # methods have it, too
    except AttributeError:
        function = getattr(function, "func", function)  # of functools.partial
    for made in (function, getattr(type(function), "__call__", None)):
        code = getattr(made, "__code__", None)
        if code is not None:
            return code
    return True


def _nothing():
    pass


def _message(error):
    if isinstance(error, KeyError) and len(error.args) == 1:
        return repr(error.args[0])
    try:
        return str(error)
    except Exception:
        return "(an error that cannot be printed)"
