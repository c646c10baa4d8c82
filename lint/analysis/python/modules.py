# What a script imports, and how new a Python it needs.

import ast

OLD_MODULES = {
    "urllib2": "import urllib.request", "urlparse": "import urllib.parse", "ConfigParser": "import configparser", "Queue": "import queue",
    "cPickle": "import pickle", "StringIO": "import it from io", "cStringIO": "import it from io", "Tkinter": "import tkinter",
    "httplib": "import http.client", "__builtin__": "import builtins", "HTMLParser": "import it from html.parser", "commands": "import subprocess",
}
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


class Modules:
    """Notes imports, and what needs a newer Python."""

    def visit_Import(self, node):
        for alias in node.names:
            self.need(node, alias.name)
            self.out["imports"].append({"text": alias.name, "span": self.text.span(node)})

    def visit_ImportFrom(self, node):
        if node.level == 0 and node.module:
            self.need(node, node.module)
            self.out["imports"].append({"text": node.module, "span": self.text.span(node)})

    def visit_If(self, node):
        self.branches += 1
        self.generic_visit(node)
        self.branches -= 1

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

    def newer(self, node, word, version):
        start, end = self.text.span(node)
        line = self.text.bytes.find(b"\n", start)
        self.out["newer"].append({"text": word, "span": [start, min(end, line) if line > 0 else end], "hint": version})
