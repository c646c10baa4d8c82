# Settings that a script reads of the config of a run.

import ast

OF_DICT = {"get", "items", "keys", "values", "pop", "update", "setdefault", "copy", "clear"}


class Settings:
    """Notes settings by the names of their fields."""

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
