# Promises: what api and the coroutines of a script answer with. One that is used as a
# value before somebody awaited it is a mistake; one that is handed on may be awaited there.

import ast

PROMISE = ("then", "catch", "finally_", "add_done_callback", "cancel", "done", "result", "send", "throw", "close")
# Functions of Python that want values, and know nothing of promises.
CONVERT = {"str", "int", "float", "bool", "len", "list", "tuple", "set", "dict", "sum", "min", "max", "sorted", "enumerate", "zip", "range", "abs", "round", "bytes"}


class Promise:
    """A call that answers with something to await."""

    def __init__(self, reader, call, path, own):
        self.call, self.path, self.own = call, path, own
        self.awaitable = isinstance(reader.function, ast.AsyncFunctionDef)


def is_coroutine(node, yields):
    """Whether a function answers with something to await, as it is written."""
    if not isinstance(node, ast.AsyncFunctionDef) or node.decorator_list:
        return False
    return not yields or not any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own_nodes(node))


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


class Promises:
    """Notes promises that are used as values."""

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

    def visit_Await(self, node):
        if isinstance(self.function, ast.FunctionDef) and self.loose is None:
            self.loose = node
        self.generic_visit(node)

    visit_AsyncFor = visit_AsyncWith = visit_Await

    def loose_fault(self):
        """An await in a function that is not async, which only compiling finds."""
        start, word = self.text.span(self.loose)[0], "await" if isinstance(self.loose, ast.Await) else "async"
        return {"span": [start, start + len(word)], "message": "`%s` stands in a function that is not async" % word, "hint": "write `async def`"}

    def coroutines_of(self, node):
        """The methods of a class that are coroutines, as far as it shows them."""
        return {n.name for n in node.body if is_coroutine(n, self.yields)} - {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
