# Names that nothing defines, or that are of another Python.

import ast
import builtins
import sys

# Names that Python 3 no longer has, with what to write instead.
OLD_NAMES = {
    "xrange": "write range(...)", "unicode": "write str", "basestring": "write str", "raw_input": "write input(...)", "unichr": "write chr(...)",
    "long": "write int", "execfile": "write exec(open(...).read())", "reload": "import it from importlib", "cmp": "compare with < and >",
}
OLD_METHODS = {
    "has_key": "write `key in mapping`", "iteritems": "write .items()", "itervalues": "write .values()", "iterkeys": "write .keys()",
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
STANDARD = set(getattr(sys, "stdlib_module_names", ())) | ({"__future__"} if hasattr(sys, "stdlib_module_names") else set())


def bound(of):
    """Every name that a script gives a value, in whatever scope."""
    names = {node.id for node in of(ast.Name) if node.ctx.__class__ is not ast.Load}
    names.update(node.name for node in of(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    names.update(node.arg for node in of(ast.arg))
    names.update((alias.asname or alias.name).split(".")[0] for node in of(ast.Import, ast.ImportFrom) for alias in node.names)
    names.update(node.name for node in of(ast.ExceptHandler, *types("MatchAs", "MatchStar", "TypeVar", "ParamSpec", "TypeVarTuple")) if node.name)
    names.update(node.rest for node in of(*types("MatchMapping")) if node.rest)
    return names


def catches_names(kind):
    """Whether an except clause may be for a NameError."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(not isinstance(k, ast.Name) or k.id in ("NameError", "Exception", "BaseException") or not hasattr(builtins, k.id) for k in kinds)


class Names:
    """Notes the names that a script reads and nothing gives a value."""

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

    def visit_Try(self, node):
        caught = any(catches_names(h.type) for h in node.handlers)
        self.guarded += 1
        self.caught += caught
        self.generic_visit(node)
        self.guarded -= 1
        self.caught -= caught

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

    def near(self, name, known):
        from difflib import get_close_matches  # few scripts need it

        return (get_close_matches(name, sorted(known), 1, 0.75) or [""])[0] if len(name) > 2 else ""

    def dated(self, name, span, hint):
        self.out["dated"].append({"text": name, "span": span, "hint": hint})
