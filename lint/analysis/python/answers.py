# What an exported function gives back.

import ast


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
