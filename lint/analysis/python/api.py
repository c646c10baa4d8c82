# Calls and other uses of api.

import ast


class Api:
    """Notes how a script uses api, and with which arguments."""

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
