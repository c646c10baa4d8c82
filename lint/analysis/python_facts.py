"""Facts about Python scripts, for imjoy lint. Reads {"scripts": [text, ...]} from
standard input and writes {"codes": [facts, ...]} to standard output, in order.

Only the standard library, only ast: nothing that is read here is ever executed.
Positions are byte offsets into the text as UTF-8."""

import ast
import builtins
import gc
import json
import re
import sys
import warnings

LINE_END = re.compile(rb"\r\n|\r|\n")
PRIVATE = re.compile(r"(?:/home/|/Users/|[C-E]:[\\/]+Users[\\/]+)[\w.-]+[\\/]")
URL = re.compile(r"(?:https?|wss?)://[^\s]")


class Text:
    """A script with the offsets of its lines."""

    def __init__(self, text):
        self.text = text
        self.bytes = text.encode("utf-8", "surrogatepass")
        self.starts = [0] + [m.end() for m in LINE_END.finditer(self.bytes)]

    def offset(self, line, column):
        """Offset of a 1-based line and a 0-based column in bytes."""
        line = min(max(line or 1, 1), len(self.starts))
        return min(self.starts[line - 1] + max(column or 0, 0), len(self.bytes))

    def line(self, number):
        start = self.offset(number, 0)
        end = self.starts[number] if number < len(self.starts) else len(self.bytes)
        return self.bytes[start:end].decode("utf-8", "replace").rstrip("\r\n")

    def char_offset(self, line, column):
        """Offset of a 1-based line and a 1-based column in characters."""
        before = self.line(line)[: max((column or 1) - 1, 0)]
        return self.offset(line, len(before.encode("utf-8")))

    def span(self, node):
        return [
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        ]

    def tail(self, node, name):
        """Span of the name an attribute ends with."""
        end = self.offset(node.end_lineno, node.end_col_offset)
        return [end - len(name.encode("utf-8")), end]


# Expressions, which are compiled when they are first needed.
PYTHON_2 = [
    (r"^\s*print\s+[^(=\s]", "`print` is a function in Python 3: print(...)"),
    (r"^\s*print\s*$", "`print` is a function in Python 3: print()"),
    (r"^\s*exec\s+[^(=\s]", "`exec` is a function in Python 3: exec(...)"),
    (r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:", "write `except Error as name:`"),
    (r"^\s*raise\s+[\w.]+\s*,", "write `raise Error(message)`"),
    (r"<>", "write `!=`"),
    (r"\b0[0-7]+\b", "octal numbers begin with `0o`"),
    (r"\b\d+[lL]\b", "integers have no suffix `L` in Python 3"),
    (r"`[^`]+`", "write `repr(...)`"),
    (r"\bur['\"]", "there are no ur'' strings in Python 3"),
]


# What a line looks like whose syntax is newer than this Python, and since when there is it.
NEWER = [
    (r"^\s*(?:match|case)\b.*:", "invalid syntax", (3, 10)),
    (r"^\s*except\s*\*", "", (3, 11)),
    (r"^\s*type\s+\w+\s*(?:\[.*\])?\s*=", "invalid syntax", (3, 12)),
    (r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[", "", (3, 12)),
    (r"""[fF][rR]?["']|[rR][fF]["']""", "f-string", (3, 12)),
    (r"""\bt["']""", "invalid syntax", (3, 14)),
]


def since(error, line):
    """The version of Python that may know what this one does not, as text, or ""."""
    for pattern, message, version in NEWER:
        if sys.version_info < version and message in (error.msg or "") and re.search(pattern, line):
            return "%d.%d" % version
    return ""


def fault(text, error):
    line = error.lineno or 1
    start = text.char_offset(line, error.offset)
    end = start
    if getattr(error, "end_lineno", None) and error.end_offset and error.end_offset > 0:
        end = text.char_offset(error.end_lineno, error.end_offset)
    if end <= start:
        rest = text.line(line).encode("utf-8")
        end = min(start + 1, text.offset(line, 0) + len(rest))
    message, hint, newer = error.msg or "invalid syntax", "", ""
    if isinstance(error, IndentationError):
        indent = re.match(r"[ \t]*", text.line(line)).end()
        start, end = text.offset(line, 0), text.offset(line, max(indent, 1))
        if "unexpected indent" in message and re.match(r"\s", text.line(first_line(text))):
            hint = "ImJoy removes the indentation that all lines share; one line without it, or with other white space, is enough that none is removed"
    else:
        for pattern, advice in PYTHON_2:
            if re.search(pattern, text.line(line)):
                message, hint = "this is Python 2: " + message[:1].lower() + message[1:], advice
                break
        else:
            newer = since(error, text.line(line))
    return {"span": [start, max(start, end)], "message": message, "hint": hint, "since": newer, "reader": "%d.%d" % sys.version_info[:2]}


def first_line(text):
    for number in range(1, len(text.starts) + 1):
        if text.line(number).strip():
            return number
    return 1


# Names that Python 3 no longer has, with what to write instead.
OLD_NAMES = {
    "xrange": "write range(...)", "unicode": "write str", "basestring": "write str", "raw_input": "write input(...)", "unichr": "write chr(...)",
    "long": "write int", "execfile": "write exec(open(...).read())", "reload": "import it from importlib", "cmp": "compare with < and >",
}
OLD_METHODS = {
    "has_key": "write `key in mapping`", "iteritems": "write .items()", "itervalues": "write .values()", "iterkeys": "write .keys()",
}
OLD_MODULES = {
    "urllib2": "import urllib.request", "urlparse": "import urllib.parse", "ConfigParser": "import configparser", "Queue": "import queue",
    "cPickle": "import pickle", "StringIO": "import it from io", "cStringIO": "import it from io", "Tkinter": "import tkinter",
    "httplib": "import http.client", "__builtin__": "import builtins", "HTMLParser": "import it from html.parser", "commands": "import subprocess",
}
# Names that every script has, those by which it may make others, and what people call
# modules.
GIVEN = set(dir(builtins)) | {"__file__", "__builtins__", "__annotations__", "__path__", "__class__", "__module__", "__qualname__", "get_ipython", "display"}
DYNAMIC = {"exec", "eval", "globals", "locals", "vars", "execfile", "__builtins__", "get_ipython"}
USUAL = {
    "np": "import numpy as np", "plt": "import matplotlib.pyplot as plt", "pd": "import pandas as pd", "tf": "import tensorflow as tf",
    "nd": "from scipy import ndimage as nd", "ndi": "from scipy import ndimage as ndi", "nn": "from torch import nn", "sns": "import seaborn as sns",
    "F": "import torch.nn.functional as F", "Image": "from PIL import Image", "Path": "from pathlib import Path", "datetime": "from datetime import datetime",
    "defaultdict": "from collections import defaultdict", "partial": "from functools import partial", "deepcopy": "from copy import deepcopy",
    "cv2": "import cv2", "numpy": "import numpy", "scipy": "import scipy", "skimage": "import skimage", "torch": "import torch", "tifffile": "import tifffile",
    "js": "import js", "pyodide": "import pyodide", "BytesIO": "from io import BytesIO", "StringIO": "from io import StringIO",
}
# Modules that Python 3.8 does not list itself.
USUAL.update((name, "import " + name) for name in (
    "asyncio", "base64", "copy", "csv", "glob", "io", "json", "logging", "math", "os", "pickle", "random", "re", "shutil", "string", "subprocess", "sys",
    "tempfile", "threading", "time", "traceback", "urllib", "uuid", "warnings", "zipfile",
))
PROMISE = ("then", "catch", "finally_", "add_done_callback", "cancel", "done", "result", "send", "throw", "close")
OF_DICT = {"get", "items", "keys", "values", "pop", "update", "setdefault", "copy", "clear"}
# Functions of Python that want values, and know nothing of promises.
CONVERT = {"str", "int", "float", "bool", "len", "list", "tuple", "set", "dict", "sum", "min", "max", "sorted", "enumerate", "zip", "range", "abs", "round", "bytes"}


# Fields that never hold anything but plain values, operators and contexts.
PLAIN = {"ctx", "op", "ops", "kind", "type_comment", "conversion", "level"}
fields = {}  # type of a node -> names of the fields that may hold nodes


def children(node):
    """The nodes directly below a node, as ast.iter_child_nodes but for operators and
    contexts, in a third of the time."""
    names = fields.get(node.__class__)
    if names is None:
        names = fields[node.__class__] = [name for name in node._fields if name not in PLAIN]
    out = []
    for name in names:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            out.append(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    out.append(item)
    return out


def everything(tree):
    """A node and all below it, those nearer to the top first."""
    nodes = [tree]
    for node in nodes:
        nodes += children(node)
    return nodes


def by_type(nodes):
    """Lists of nodes by their types, each in the order of nodes."""
    found = {}
    for node in nodes:
        found.setdefault(node.__class__, []).append(node)
    return lambda *types: [node for kind in types for node in found.get(kind, ())]


def bound(of):
    """Every name that a script gives a value, in whatever scope."""
    names = {node.id for node in of(ast.Name) if node.ctx.__class__ is not ast.Load}
    names.update(node.name for node in of(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    names.update(node.arg for node in of(ast.arg))
    names.update((alias.asname or alias.name).split(".")[0] for node in of(ast.Import, ast.ImportFrom) for alias in node.names)
    names.update(node.name for node in of(ast.ExceptHandler, *types("MatchAs", "MatchStar", "TypeVar", "ParamSpec", "TypeVarTuple")) if node.name)
    names.update(node.rest for node in of(*types("MatchMapping")) if node.rest)
    return names


def is_coroutine(node, yields):
    """Whether a function answers with something to await, as it is written."""
    if not isinstance(node, ast.AsyncFunctionDef) or node.decorator_list:
        return False
    return not yields or not any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own_nodes(node))


def own_nodes(function):
    """The nodes of a function without those of functions inside of it."""
    nodes = list(children(function))
    for node in nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            nodes += children(node)
    return nodes


def coroutines(tree, of):
    """Names of the functions at the top that are coroutines, and nothing else."""
    found = {n.name for n in tree.body if is_coroutine(n, of(ast.Yield, ast.YieldFrom))}
    if found:
        found -= {n.name for n in of(ast.FunctionDef, ast.ClassDef)}
        found -= {n.id for n in of(ast.Name) if n.ctx.__class__ is not ast.Load} | {n.arg for n in of(ast.arg)}
    return found


def takes_value(parent, node):
    """Whether an expression needs the value of another one below it."""
    if isinstance(parent, (ast.BinOp, ast.UnaryOp)):
        return not isinstance(getattr(parent, "op", None), ast.Not)
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is node and not getattr(parent, "is_async", 0)
    if isinstance(parent, (ast.FormattedValue, ast.Starred)):
        return True
    if isinstance(parent, ast.Compare):
        return any(isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)) for op in parent.ops)
    if isinstance(parent, ast.Assign):
        return parent.value is node and isinstance(parent.targets[0], (ast.Tuple, ast.List))
    if isinstance(parent, ast.Call):
        return node in parent.args and isinstance(parent.func, ast.Name) and parent.func.id in CONVERT
    return False


def asked(parent):
    """The expressions that are asked whether they are true."""
    if isinstance(parent, ast.BoolOp):
        return parent.values[:-1]
    if isinstance(parent, ast.UnaryOp):
        return [parent.operand] if isinstance(parent.op, ast.Not) else []
    return [parent.test]


# Nodes that may need the value of a node below them -> which.
TAKERS = {
    ast.BinOp: lambda n: (n.left, n.right), ast.UnaryOp: lambda n: (n.operand,), ast.Subscript: lambda n: (n.value,), ast.For: lambda n: (n.iter,),
    ast.comprehension: lambda n: (n.iter,), ast.FormattedValue: lambda n: (n.value,), ast.Starred: lambda n: (n.value,),
    ast.Compare: lambda n: [n.left] + n.comparators, ast.Assign: lambda n: (n.value,), ast.Call: lambda n: n.args,
}


class Promise:
    """A call that answers with something to await."""

    def __init__(self, reader, call, path, own):
        self.call, self.path, self.own = call, path, own
        self.awaitable = isinstance(reader.function, ast.AsyncFunctionDef)


def types(*names):
    """Those types of nodes that this Python has."""
    return [getattr(ast, name) for name in names if hasattr(ast, name)]


def catches_names(kind):
    """Whether an except clause may be for a NameError."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(not isinstance(k, ast.Name) or k.id in ("NameError", "Exception", "BaseException") or not hasattr(builtins, k.id) for k in kinds)


# Modules of Python by the version that brought them.
NEW_MODULES = {"tomllib": "3.11", "zoneinfo": "3.9", "graphlib": "3.9", "contextvars": "3.7", "dataclasses": "3.7"}


def newer(of):
    """What of a script an older Python does not know: nodes with a word for them, and since when."""
    found = []
    for kind, word, version in (("NamedExpr", ":=", "3.8"), ("Match", "match", "3.10"), ("TryStar", "except*", "3.11"), ("TypeAlias", "type", "3.12"), ("TemplateStr", "t-strings", "3.14")):
        found += [(node, word, version) for node in of(*types(kind))[:1]]
    for node in of(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        if getattr(node, "type_params", None):
            found.append((node, "%s[...]" % node.name, "3.12"))
            break
    return found


visits = {}  # type of a node -> method of Reader


class Reader:
    def __init__(self, text, tree):
        self.text = text
        of = by_type(everything(tree))
        self.out = {
            "exports": [], "uses": [], "imports": [], "urls": [], "settings": [], "optional": [], "escapes": False,
            "unawaited": [], "dated": [], "needs": [], "bare": [], "paths": [], "free": [], "classes": [], "undefined": [], "newer": [], "misnamed": [], "mistakes": [],
        }
        self.api = {"api"}  # names that mean the api
        self.modules = set()  # names of modules that have it as .api
        self.classes = {}
        self.values = {}  # name -> last value at the top, None when there are several
        self.functions = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        self.parameters = []  # contexts
        self.pending = []
        self.guarded = 0  # inside of try
        self.caught = 0  # inside of try whose handlers may be for names that are missing
        self.branches = 0  # inside of if
        self.top = {node.value for node in tree.body if isinstance(node, ast.Expr)}
        self.bound = bound(of)
        self.free = set()  # names that were noted
        self.undefined = {}  # those that nothing gives a value -> where
        self.starred = any(a.name == "*" or node.module == "__future__" and a.name == "annotations" for node in of(ast.ImportFrom) for a in node.names)
        self.function = None
        self.held = {}  # function -> name -> promise, assignment
        self.held_config = {}  # function -> name -> assignment of ctx.config
        self.coroutines = coroutines(tree, of)
        self.yields = of(ast.Yield, ast.YieldFrom)
        self.methods = set()  # coroutines of the class around
        self.klass = None
        self.held_fields = {}  # attribute of self -> promise, None where it may be something else
        self.set_fields = set()
        self.of_self = []  # classes and the attributes that they read of self
        self.called = {node.func for node in of(ast.Call) if isinstance(node.func, ast.Attribute)}
        self.given_away = set()  # classes that hand on self
        self.calls = {}  # calls -> the promises they answer with
        self.loose = None  # the first await in a function that is not async
        self.scan(of)
        for node, word, version in newer(of):
            self.newer(node, word, version)
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any(getattr(c, "name", "") in ("setup", "run") for c in node.body):
                self.out["classes"].append({"text": node.name, "span": self.text.span(node)})
        self.visit(tree)
        self.names()
        self.results()
        self.configs()
        self.uses(of)
        self.attributes(of)
        self.fields(of)
        self.mistakes(of)
        for call in self.pending:
            self.export(call)

    def visit(self, node):
        visit = visits.get(node.__class__)
        if visit is None:
            visit = visits[node.__class__] = getattr(Reader, "visit_" + node.__class__.__name__, Reader.generic_visit)
        visit(self, node)

    def generic_visit(self, node):
        for child in children(node):
            self.visit(child)

    def scan(self, of):
        for node in of(ast.ClassDef):
            self.classes[node.name] = node
        for node in of(ast.Assign):
            if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                self.values[name] = None if name in self.values else node.value
        for node in of(ast.ImportFrom):
            if (node.module or "").split(".")[0] in ("imjoy", "imjoy_rpc"):
                for alias in node.names:
                    if alias.name == "api":
                        self.api.add(alias.asname or "api")
        for node in of(ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in ("imjoy", "imjoy_rpc"):
                    self.modules.add(alias.asname or alias.name.split(".")[0])

    def is_api(self, node):
        if isinstance(node, ast.Name):
            return node.id in self.api
        return isinstance(node, ast.Attribute) and node.attr == "api" and isinstance(node.value, ast.Name) and node.value.id in self.modules

    def path(self, node):
        """The path after api, or None."""
        if not isinstance(node, ast.Attribute):
            return None
        if self.is_api(node.value):
            return node.attr
        inner = node.value
        if isinstance(inner, ast.Attribute) and inner.attr in ("utils", "config") and self.is_api(inner.value):
            return inner.attr + "." + node.attr
        return None

    def use(self, node, path, call):
        first = None
        if call is not None and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            first = {"text": call.args[0].value, "span": self.text.span(call.args[0])}
        use = {"path": path, "span": self.text.tail(node, node.attr), "call": call is not None, "first": first}
        if call is not None:
            use["arguments"] = self.arguments(call)
        self.out["uses"].append(use)

    def arguments(self, call):
        """What the code shows of arguments, None when not all can be seen. Keywords
        arrive as one object behind the others."""
        out = []
        for node in call.args:
            if isinstance(node, ast.Starred):
                return None
            out.append(self.argument(node))
        if any(k.arg is None for k in call.keywords):
            return None
        if call.keywords:
            last = {"kind": "object", "text": "", "keys": [], "values": {}, "span": self.text.span(call.keywords[0].value)}
            for k in call.keywords:
                self.member(last, k.arg, k.value, self.text.span(k.value))
            out.append(last)
        return out

    def argument(self, node):
        out = {"kind": "other", "text": "", "keys": [], "values": {}, "span": self.text.span(node)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            out["kind"], out["text"] = "text", node.value
        elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            out["kind"], out["text"] = "number", str(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            out["kind"], out["text"] = "constant", str(node.value).lower()
        elif isinstance(node, ast.JoinedStr):
            out["kind"] = "text"
        elif isinstance(node, (ast.List, ast.Tuple, ast.ListComp)):
            out["kind"] = "list"
        elif isinstance(node, ast.Lambda):
            out["kind"] = "function"
        elif isinstance(node, ast.Dict) and all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in node.keys):
            out["kind"] = "object"
            for key, value in zip(node.keys, node.values):
                self.member(out, key.value, value, self.text.span(key))
        return out

    def member(self, argument, key, value, span):
        argument["keys"].append({"text": key, "span": span})
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            argument["values"][key] = {"text": value.value, "span": self.text.span(value)}

    def visit_Call(self, node):
        path = self.path(node.func)
        promise = self.promise(node, path)
        if promise is not None:
            self.calls[node] = promise
        if path is not None:
            self.use(node.func, path, node)
            if path in ("export", "init"):
                self.pending.append(node)
        else:
            if isinstance(node.func, ast.Attribute) and node.func.attr in OLD_METHODS and (node.func.attr == "has_key" or not node.args):
                self.dated(node.func.attr, self.text.tail(node.func, node.func.attr), OLD_METHODS[node.func.attr])
            if isinstance(node.func, ast.Attribute) and node.func.attr == "export" and isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "api":
                self.pending.append(node)
            if isinstance(node.func, ast.Attribute) and self.is_config(node.func.value):
                self.asks(node)
            self.visit(node.func)
        for child in node.args + [k.value for k in node.keywords]:
            self.visit(child)

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "self" and self.klass is not None:
            if isinstance(node.ctx, ast.Load):
                self.of_self.append((self.klass, node))
            if node.attr == "__dict__":
                self.given_away.add(self.klass)
            return
        path = self.path(node)
        if path is not None:
            self.use(node, path, None)
            return
        if self.is_config(node.value) and node.attr not in OF_DICT and node not in self.called:
            self.setting("settings", node.attr, self.text.tail(node, node.attr))
        self.visit(node.value)

    def is_config(self, node):
        """Whether an expression is the config of a run: ctx.config, where ctx is its context."""
        if isinstance(node, ast.Attribute):
            return node.attr == "config" and isinstance(node.value, ast.Name) and node.value.id in self.parameters
        return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in self.parameters and string_of(node) == "config"

    def setting(self, kind, name, span):
        self.out[kind].append({"text": name, "span": span})

    def asks(self, call):
        """Notes what a method of a dict is asked for: config.get("x")."""
        if call.func.attr in ("get", "pop", "setdefault") and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            self.setting("optional", call.args[0].value, self.text.span(call.args[0]))

    def configs(self):
        """Names that are read from variables that hold the config, unless those go elsewhere."""
        for function, held in self.held_config.items():
            parents = {}
            for parent in everything(function):
                for child in children(parent):
                    parents[child] = parent
            read, alone = [], set()
            for node, parent in parents.items():
                if not isinstance(node, ast.Name) or node.id not in held:
                    continue
                if isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is node and isinstance(parent.ctx, ast.Load) and getattr(parent, "attr", "") != "update":
                    read.append((node.id, parent, parents.get(parent)))
                elif parent is not held[node.id]:
                    alone.add(node.id)
            for name, node, parent in read:
                if name in alone:
                    continue
                if isinstance(node, ast.Subscript):
                    key = string_of(node)
                    if key is not None:
                        self.setting("settings", key, self.text.span(key_of(node)))
                elif isinstance(parent, ast.Call) and parent.func is node:
                    self.asks(parent)
                elif node.attr not in OF_DICT and not (isinstance(parent, ast.Call) and parent.func is node):
                    self.setting("settings", node.attr, self.text.tail(node, node.attr))

    def visit_Subscript(self, node):
        name = string_of(node)
        if self.is_api(node.value):
            if name is None:
                self.out["escapes"] = True
            else:
                self.out["uses"].append({"path": name, "span": self.text.span(key_of(node)), "call": False, "first": None})
            self.visit(node.slice)
            return
        if name is not None and self.is_config(node.value):
            self.setting("settings", name, self.text.span(key_of(node)))
        self.generic_visit(node)

    def visit_Name(self, node):
        if node.id == "self" and self.klass is not None:
            self.given_away.add(self.klass)
        if node.id in self.api:
            self.out["escapes"] = True
        if node.id not in self.bound and node.id not in self.free:
            self.free.add(node.id)
            self.out["free"].append({"text": node.id, "span": self.text.span(node)})
            if not self.caught and node.id not in GIVEN and node.id not in self.api and node.id not in OLD_NAMES:
                self.undefined[node.id] = self.text.span(node)
        if node.id in OLD_NAMES and node.id not in self.bound and not self.guarded:
            self.dated(node.id, self.text.span(node), OLD_NAMES[node.id])

    def names(self):
        """Names that nothing gives a value, unless something could that is not seen here."""
        if self.starred or self.free & DYNAMIC:
            return
        for name, span in self.undefined.items():
            self.out["undefined"].append({"text": name, "span": span, "hint": self.meant(name)})

    def meant(self, name):
        if name in USUAL:
            return USUAL[name]
        if name in STANDARD:
            return "import " + name
        near = self.near(name, self.bound | GIVEN)
        return "did you mean " + near + "?" if near else ""

    def dated(self, name, span, hint):
        self.out["dated"].append({"text": name, "span": span, "hint": hint})

    def visit_If(self, node):
        self.branches += 1
        self.generic_visit(node)
        self.branches -= 1

    def visit_Try(self, node):
        caught = any(catches_names(h.type) for h in node.handlers)
        self.guarded += 1
        self.caught += caught
        self.generic_visit(node)
        self.guarded -= 1
        self.caught -= caught

    def promise(self, node, path):
        """The promise that a call answers with, None where it shows none."""
        if path is not None:
            return None if path in ("export", "init") else Promise(self, node, path, False)
        if isinstance(node.func, ast.Name) and node.func.id in self.coroutines:
            return Promise(self, node, node.func.id, True)
        if isinstance(node.func, ast.Attribute) and node.func.attr in self.methods and isinstance(node.func.value, ast.Name) and node.func.value.id == "self":
            return Promise(self, node, node.func.attr, True)
        return None

    def results(self):
        """Uses of names that hold a promise as if they held a value."""
        for function, held in self.held.items():
            parents = {}
            for parent in everything(function):
                for child in children(parent):
                    parents[child] = parent
            taken, alone = [], set()
            for node, parent in parents.items():
                if not isinstance(node, ast.Name) or node.id not in held:
                    continue
                if isinstance(parent, ast.Attribute) and parent.attr not in PROMISE:
                    taken.append((node, parent))
                elif takes_value(parent, node):
                    taken.append((node, None))
                elif parent is not held[node.id][1]:
                    alone.add(node.id)  # awaited, handed on, or set again
            for node, member in taken:
                if node.id not in alone:
                    self.unawaited(held[node.id][0], member, "" if member else "value", node)

    def unawaited(self, promise, member, use, node):
        out = {"path": promise.path, "own": promise.own, "awaitable": promise.awaitable, "call": self.text.span(promise.call), "as": use}
        if member is not None:
            out.update(text=member.attr, span=self.text.tail(member, member.attr))
        elif isinstance(node, ast.Name):
            out.update(text=node.id, span=self.text.span(node))
        else:
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            out.update(text=name, span=self.text.tail(node.func, name))
        self.out["unawaited"].append(out)

    def fields(self, of):
        """Uses of attributes of self that hold a promise, and are awaited nowhere."""
        if not self.held_fields:
            return
        below = {node.value for node in of(ast.Attribute)}
        for node in of(ast.Attribute):
            if isinstance(node.value, ast.Name) and node.attr in self.held_fields and isinstance(node.ctx, ast.Load) and (node not in below or node.value.id != "self"):
                del self.held_fields[node.attr]  # awaited, or handed on
        for node in of(ast.Attribute):
            inner = node.value
            if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "self" and self.held_fields.get(inner.attr):
                if node.attr in PROMISE:
                    self.held_fields[inner.attr] = None
        for node in of(ast.Attribute):
            inner = node.value
            if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "self" and self.held_fields.get(inner.attr):
                self.unawaited(self.held_fields[inner.attr], node, "", inner)

    def mistakes(self, of):
        """What is valid and cannot do what it seems to."""
        for node in of(ast.Compare):
            for op, right in zip(node.ops, node.comparators):
                if isinstance(op, (ast.Is, ast.IsNot)) and isinstance(right, ast.Constant) and isinstance(right.value, (str, int, float, bytes)) and not isinstance(right.value, bool):
                    self.mistake(right, "`is` asks whether it is the same object, which a written value need not be", "write == or !=")
        for node in of(ast.Dict):
            seen = set()
            for key in node.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    if key.value in seen:
                        self.mistake(key, "the dict has this key already, whose value is lost", "keep one of the two")
                    seen.add(key.value)
        for node in of(ast.Assert):
            if isinstance(node.test, ast.Tuple) and node.test.elts:
                self.mistake(node.test, "a tuple counts as true, so this asserts nothing", "leave away the brackets")
        for node in of(ast.ClassDef):
            seen = set()
            for child in node.body:
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and not child.decorator_list:
                    if child.name in seen:
                        self.mistake(child, "the class has a %s already, which this one replaces" % child.name, "keep one of the two")
                    seen.add(child.name)

    def mistake(self, node, what, hint):
        start, end = self.text.span(node)
        line = self.text.bytes.find(b"\n", start)
        self.out["mistakes"].append({"text": what, "span": [start, min(end, line) if line > 0 else end], "hint": hint})

    def attributes(self, of):
        """Attributes of self that nothing in the script sets, in classes without a base."""
        closed = {node for node in of(ast.ClassDef) if not node.keywords and not node.decorator_list and all(isinstance(b, ast.Name) and b.id == "object" for b in node.bases)}
        made = {node.func.id for node in of(ast.Call) if isinstance(node.func, ast.Name)}
        closed = {node for node in closed - self.given_away if node.name in made}  # others may be there to be mixed in
        if not closed or self.free & {"setattr", "vars"}:
            return
        known = {node.attr for node in of(ast.Attribute) if not isinstance(node.ctx, ast.Load)}
        for node in of(ast.ClassDef):
            for child in node.body:
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    known.add(child.name)
                else:
                    known.add(getattr(child, "name", None))
                    below = everything(child)
                    known.update(n.id for n in below if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
                    known.update(n.name for n in below if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
                    known.update((a.asname or a.name).split(".")[0] for a in getattr(child, "names", ()) if isinstance(a, ast.alias))
        if "__getattr__" in known or "__getattribute__" in known or "__slots__" in known:
            return
        told = set()
        for klass, node in self.of_self:
            if klass in closed and node.attr not in known and node.attr not in told and not node.attr.startswith("__"):
                told.add(node.attr)
                near = self.near(node.attr, known - {None})
                self.out["misnamed"].append({"text": node.attr, "span": self.text.tail(node, node.attr), "hint": near})

    def near(self, name, known):
        from difflib import get_close_matches  # few scripts need it

        return (get_close_matches(name, sorted(known), 1, 0.75) or [""])[0] if len(name) > 2 else ""

    def uses(self, of):
        """Uses of calls that answer with a promise as if they answered with a value."""
        if not self.calls:
            return
        for parent in of(ast.Attribute):
            if parent.value in self.calls and parent.attr not in PROMISE:
                self.unawaited(self.calls[parent.value], parent, "", parent.value)
        for kind, below in TAKERS.items():
            for parent in of(kind):
                for node in below(parent):
                    if node in self.calls and takes_value(parent, node):
                        self.unawaited(self.calls[node], None, "value", node)
        for parent in of(ast.If, ast.While, ast.IfExp, ast.Assert, ast.UnaryOp, ast.BoolOp):
            for node in asked(parent):
                if node in self.calls:
                    self.unawaited(self.calls[node], None, "truth", node)
        for parent in of(ast.Expr):
            if parent.value in self.calls and self.calls[parent.value].own:
                self.unawaited(self.calls[parent.value], None, "nothing", parent.value)

    def visit_Await(self, node):
        if isinstance(self.function, ast.FunctionDef) and self.loose is None:
            self.loose = node
        self.generic_visit(node)

    visit_AsyncFor = visit_AsyncWith = visit_Await

    def loose_fault(self):
        """An await in a function that is not async, which only compiling finds."""
        start, word = self.text.span(self.loose)[0], "await" if isinstance(self.loose, ast.Await) else "async"
        return {"span": [start, start + len(word)], "message": "`%s` stands in a function that is not async" % word, "hint": "write `async def`"}

    def visit_ClassDef(self, node):
        before, self.methods, outer, self.klass = self.methods, self.coroutines_of(node), self.klass, node
        self.generic_visit(node)
        self.methods, self.klass = before, outer

    def coroutines_of(self, node):
        """The methods of a class that are coroutines, as far as it shows them."""
        return {n.name for n in node.body if is_coroutine(n, self.yields)} - {n.name for n in node.body if isinstance(n, ast.FunctionDef)}

    def visit_FunctionDef(self, node):
        before = self.parameters
        own = [a.arg for a in node.args.args if a.arg != "self"]
        own = [name for i, name in enumerate(own) if name in ("ctx", "context", "my") or i == 0 and node.name in ("run", "update")]
        self.parameters = before + own
        outer, self.function = self.function, node
        self.generic_visit(node)
        self.parameters, self.function = before, outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Assign(self, node):
        if self.function is not None and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and self.is_config(node.value):
            self.held_config.setdefault(self.function, {}).setdefault(node.targets[0].id, node)
        if self.function is not None and isinstance(node.value, ast.Call) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            promise = self.promise(node.value, self.path(node.value.func))
            if promise is not None:
                self.held.setdefault(self.function, {}).setdefault(node.targets[0].id, (promise, node))
        for target in node.targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                promise = self.promise(node.value, self.path(node.value.func)) if isinstance(node.value, ast.Call) else None
                if target.attr in self.set_fields or promise is None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
                    self.held_fields[target.attr] = None
                elif promise is not None:
                    self.held_fields[target.attr] = promise
                    self.set_fields.add(target.attr)
        # `api = ...` gives the name another meaning: what it does then is unknown.
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id in self.api:
                self.out["escapes"] = True
            else:
                self.visit(target)
        self.visit(node.value)

    def visit_Constant(self, node):
        if isinstance(node.value, str) and URL.match(node.value):
            self.out["urls"].append({"text": node.value, "span": self.text.span(node)})
        elif isinstance(node.value, str) and node.value[:1] in "/CDE" and PRIVATE.match(node.value) and "\n" not in node.value:
            self.out["paths"].append({"text": node.value, "span": self.text.span(node)})

    def newer(self, node, word, version):
        start, end = self.text.span(node)
        line = self.text.bytes.find(b"\n", start)
        self.out["newer"].append({"text": word, "span": [start, min(end, line) if line > 0 else end], "hint": version})

    def need(self, node, module):
        top = module.split(".")[0]
        if top in NEW_MODULES and not self.guarded and not self.branches:
            self.newer(node, "the module " + top, NEW_MODULES[top])
        if top in OLD_MODULES and not self.guarded:
            self.dated(top, self.text.span(node), OLD_MODULES[top])
        elif top not in STANDARD and not self.guarded and not self.branches and STANDARD:
            self.out["needs"].append({"text": top, "span": self.text.span(node)})
        elif top in STANDARD and not self.guarded and not self.branches:
            self.out["bare"].append({"text": top, "span": self.text.span(node)})

    def visit_Import(self, node):
        for alias in node.names:
            self.need(node, alias.name)
            self.out["imports"].append({"text": alias.name, "span": self.text.span(node)})

    def visit_ImportFrom(self, node):
        if node.level == 0 and node.module:
            self.need(node, node.module)
            self.out["imports"].append({"text": node.module, "span": self.text.span(node)})

    def export(self, call):
        facts = {"span": self.text.span(call.func), "init": call.func.attr == "init", "what": "unknown", "members": [], "complete": True, "arity": {}, "conditional": call not in self.top}
        self.out["exports"].append(facts)
        if facts["init"]:
            facts["what"] = "object"
            facts["members"].append({"text": "setup", "span": facts["span"]})
        elif not call.args:
            facts["what"] = "unknown" if call.keywords else "nothing"
            facts["complete"] = not call.keywords
        else:
            self.exported(facts, call.args[0], 0)

    def exported(self, facts, value, depth):
        if depth < 16:
            if isinstance(value, ast.Dict):
                facts["what"] = "object"
                for key, member in zip(value.keys, value.values):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        facts["members"].append({"text": key.value, "span": self.text.span(key)})
                        if isinstance(member, ast.Name) and member.id in self.functions:
                            self.arity(facts, key.value, self.functions[member.id], False)
                            if key.value == "run":
                                facts["run"] = Answers(self.text, self.functions[member.id]).out
                    else:
                        facts["complete"] = False
                return
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                if value.func.id in self.classes:
                    facts["what"] = "object"
                    self.made(facts, value, self.classes[value.func.id])
                    return self.class_members(facts, self.classes[value.func.id], depth)
                if value.func.id == "dict" and not value.args and all(k.arg for k in value.keywords):
                    facts["what"] = "object"
                    facts["members"] += [{"text": k.arg, "span": self.text.span(k.value)} for k in value.keywords]
                    return
            if isinstance(value, ast.Name):
                if value.id in self.classes:
                    facts["what"] = "class"
                    return
                if self.values.get(value.id) is not None:
                    return self.exported(facts, self.values[value.id], depth + 1)
        facts["complete"] = False

    def made(self, facts, call, node):
        """Whether a class can be made with the arguments that it is given."""
        init = next((c for c in node.body if isinstance(c, ast.FunctionDef) and c.name == "__init__"), None)
        if init is None or init.decorator_list or node.decorator_list or node.keywords or any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            return
        a = init.args
        every = getattr(a, "posonlyargs", []) + a.args + a.kwonlyargs
        needed = len(getattr(a, "posonlyargs", []) + a.args) - len(a.defaults) - 1 + sum(d is None for d in a.kw_defaults)
        facts["made"] = {
            "class": node.name, "given": len(call.args) + len(call.keywords), "least": max(needed, 0),
            "most": -1 if a.vararg or a.kwarg else max(len(every) - 1, 0), "span": self.text.span(call),
        }

    def arity(self, facts, name, function, method):
        """How many arguments a function takes, where nothing changes that."""
        a = function.args
        if function.decorator_list or any(d is None for d in a.kw_defaults) or name in facts["arity"]:
            return
        every = getattr(a, "posonlyargs", []) + a.args
        own = 1 if method else 0
        start = self.text.offset(function.lineno, function.col_offset)
        end = self.text.bytes.find(b"\n", start)
        facts["arity"][name] = {
            "least": max(len(every) - len(a.defaults) - own, 0),
            "most": -1 if a.vararg else max(len(every) - own, -1),
            "span": [start, end if end >= 0 else len(self.text.bytes)],
        }

    def class_members(self, facts, node, depth):
        for child in node.body:
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                start = self.text.offset(child.lineno, child.col_offset)
                line = self.text.bytes[start:].split(b"\n", 1)[0]
                at = start + max(line.find(child.name.encode("utf-8")), 0)
                facts["members"].append({"text": child.name, "span": [at, at + len(child.name.encode("utf-8"))]})
                self.arity(facts, child.name, child, True)
                if child.name == "run" and "run" not in facts:
                    facts["run"] = Answers(self.text, child).out
            elif isinstance(child, ast.Assign):
                for target in child.targets:
                    if isinstance(target, ast.Name):
                        facts["members"].append({"text": target.id, "span": self.text.span(target)})
            elif not isinstance(child, (ast.Expr, ast.Pass, ast.AnnAssign)):
                facts["complete"] = False
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id in self.classes and base.id != node.name and depth < 16:
                self.class_members(facts, self.classes[base.id], depth + 1)
            elif not (isinstance(base, ast.Name) and base.id == "object"):
                facts["complete"] = False
        if node.decorator_list or node.keywords:
            facts["complete"] = False


class Answers:
    """What a function gives back, as far as its own statements show it; functions
    inside of it are left out."""

    def __init__(self, text, function):
        self.text = text
        self.out = {"returns": [], "complete": True, "yields": False, "keeps": []}
        self.objects = {}  # name -> keys, complete
        self.added = []  # names that get keys later
        self.given = []
        self.globals = set()
        for child in function.body:
            self.look(child)
        for name, key in self.added:
            if name in self.objects:
                self.objects[name][0].append(key)
        for value in self.given:
            self.gives(value)
        if not self.given:
            self.out["complete"] = False

    def look(self, node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            return
        if isinstance(node, ast.Return) and node.value is not None:
            self.given.append(node.value)
        elif isinstance(node, ast.Yield) and node.value is not None:
            self.out["yields"] = True
            self.given.append(node.value)
        elif isinstance(node, ast.Global):
            self.globals.update(node.names)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.assign(target, node.value)
        for child in children(node):
            self.look(child)

    def assign(self, target, value):
        if isinstance(target, ast.Name):
            if target.id in self.globals:
                self.out["keeps"].append({"text": target.id, "span": self.text.span(target)})
            keys, complete = self.keys(value)
            if target.id in self.objects:
                keys, complete = self.objects[target.id][0] + keys, complete and self.objects[target.id][1]
            if isinstance(value, ast.Dict) or target.id in self.objects:
                self.objects[target.id] = (keys, complete)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            self.out["keeps"].append({"text": target.attr, "span": self.text.tail(target, target.attr)})
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            name = string_of(target)
            if name is not None:
                self.added.append((target.value.id, {"text": name, "span": self.text.span(target)}))
            else:
                self.out["complete"] = False

    def keys(self, value):
        if not isinstance(value, ast.Dict):
            return [], False
        keys = [{"text": k.value, "span": self.text.span(k)} for k in value.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
        return keys, len(keys) == len(value.keys)

    def gives(self, value):
        if isinstance(value, ast.Dict):
            keys, complete = self.keys(value)
        elif isinstance(value, ast.Name) and value.id in self.objects:
            keys, complete = self.objects[value.id]
        else:
            self.out["complete"] = False
            return
        self.out["complete"] = self.out["complete"] and complete
        for key in keys:
            if all(known["text"] != key["text"] for known in self.out["returns"]):
                self.out["returns"].append(key)


STANDARD = set(getattr(sys, "stdlib_module_names", ())) | ({"__future__"} if hasattr(sys, "stdlib_module_names") else set())


def key_of(subscript):
    key = subscript.slice
    if hasattr(ast, "Index") and isinstance(key, ast.Index):
        key = getattr(key, "value", key)
    return key


def string_of(subscript):
    key = key_of(subscript)
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    return None


def facts(source):
    text = Text(source)
    try:
        tree = ast.parse(source, "script")
    except SyntaxError as error:
        return {"faults": [fault(text, error)]}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"reason": "python3 cannot parse it: " + (str(error) or type(error).__name__)}
    try:
        reader = Reader(text, tree)
        return {"faults": [reader.loose_fault()]} if reader.loose is not None else reader.out
    except RecursionError:
        return {"reason": "it is nested too deeply"}


def main():
    warnings.simplefilter("ignore")
    gc.disable()  # trees have no cycles, and looking for some takes a tenth of the time
    job = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    answer = {"codes": [facts(source) for source in job["scripts"]]}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


main()
