# The command line's program: reads the shim from file 3 and runs it. What comes
# first on the connection is a length (u32 LE) and a JSON list of [name, text] in the
# order of their imports; frames follow.
def _imjoy_boot():
    import json, os, struct, sys, types

    def read(n):
        data = b""
        while len(data) < n:
            part = os.read(3, n - len(data))
            if not part:
                os._exit(0)
            data += part
        return data

    os.set_inheritable(3, False)
    modules = json.loads(read(struct.unpack("<I", read(4))[0]))
    for name, text in modules:
        module = types.ModuleType(name)
        module.__path__ = []
        sys.modules[name] = module
        exec(compile(text, "<imjoy:%s>" % name, "exec"), module.__dict__)
    sys.modules["_imjoy.main"].main(3)


_imjoy_boot()
