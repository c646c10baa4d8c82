# Trees of scripts, and the nodes in them.

import ast

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


def own_nodes(function):
    """The nodes of a function without those of functions inside of it."""
    nodes = list(children(function))
    for node in nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            nodes += children(node)
    return nodes


def types(*names):
    """Those types of nodes that this Python has."""
    return [getattr(ast, name) for name in names if hasattr(ast, name)]


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
