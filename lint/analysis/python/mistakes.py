# What is valid, and cannot do what it seems to.

import ast


class Mistakes:
    """Notes mistakes, and attributes that nothing sets."""

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
