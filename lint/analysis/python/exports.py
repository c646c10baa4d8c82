# What a script exports.

import ast


class Exports:
    """Notes the members of what is exported, and how they may be called."""

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
