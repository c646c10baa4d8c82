# One walk over a script, which notes all.

import ast
import re

URL = re.compile(r"(?:https?|wss?)://[^\s]")
PRIVATE = re.compile(r"(?:/home/|/Users/|[C-E]:[\\/]+Users[\\/]+)[\w.-]+[\\/]")


visits = {}  # type of a node -> method of Reader


class Reader(Api, Settings, Names, Modules, Promises, Mistakes, Exports):
    """The facts of one script, in out."""

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

    def visit_ClassDef(self, node):
        before, self.methods, outer, self.klass = self.methods, self.coroutines_of(node), self.klass, node
        self.generic_visit(node)
        self.methods, self.klass = before, outer

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
