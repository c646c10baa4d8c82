"""What a plugin sees: `api`, and the modules it may import it from."""

import json
import re
import sys
import types

from _imjoy import values
from _imjoy.promise import Promise


# Functions of the host that hand their arguments to another plugin. All others take
# data, so that an iterator among them is read into a list.
TO_PLUGINS = ("call", "run")


class Method:
    """One function of the host, by its name."""

    __slots__ = ("_api", "_name", "_target")

    def __init__(self, api, name):
        self._api, self._name = api, name
        self._target = '"method":' + json.dumps("api." + name)

    def __call__(self, *args, **kwargs):
        if kwargs:
            args += (kwargs,)
        return self._api._peer.call(self._target, args, "api." + self._name, self._name not in TO_PLUGINS)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Method(self._api, "%s.%s" % (self._name, name))

    def __repr__(self):
        return "<api.%s>" % self._name


class Api:
    """The api of ImJoy. Functions return promises: await them, or let them go.
    Names with underscores are taken for those of ImJoy: show_message is showMessage."""

    def __init__(self, peer, plugin):
        self._peer, self._plugin = peer, plugin

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        method = Method(self, re.sub(r"_([a-z])", lambda m: m.group(1).upper(), name))
        self.__dict__[name] = method
        return method

    def __getitem__(self, name):
        return getattr(self, name)

    def get(self, name, default=None):
        return getattr(self, name, default)

    def __repr__(self):
        return "<api of ImJoy>"

    def export(self, interface=None, config=None):
        """Names what the plugin gives to others: an object, a dict or a module."""
        self._plugin.export(interface)
        return self._done("export")

    def init(self, config=None):
        self._plugin.export({"setup": lambda: None})
        return self._done("init")

    def registerCodec(self, config=None, **kwargs):
        values.codecs.register(dict(config or {}, **kwargs))

    register_codec = registerCodec

    def showFileDialog(self, *args, **kwargs):
        """Files that a person chooses: name, path and url, where they can be opened, and
        file, the same with its content."""
        return Method(self, "showFileDialog")(*args, **kwargs).then(_opened)

    show_file_dialog = showFileDialog

    def onLoad(self, handler):
        handler()

    def disposeObject(self, obj):
        """Lets go of the functions of an object that came from the other side."""
        if isinstance(obj, dict):
            obj.clear()

    def dispose(self):
        pass

    def _done(self, what):
        promise = Promise(self._plugin.main, what)
        promise._settle(True, None)
        return promise


def _opened(chosen):
    for one in chosen or ():
        if isinstance(one.get("file"), values.File):
            one["path"] = one["url"] = one["file"].path
    return chosen


def install(api):
    """Makes `from imjoy import api` and its relatives work."""

    def refused(*_, **__):
        raise RuntimeError("there is no other server to connect to: the plugin is connected, use `api`")

    for name in ("imjoy", "imjoy_rpc", "hypha_rpc", "imjoy_rpc.hypha"):
        module = _module(name, "The api of ImJoy, given by the program that runs this plugin.")
        module.api, module.dotdict, module.default_config = api, values.Dict, {}
        module.connect_to_server = module.login = refused
        module.register_default_codecs = lambda options=None: None  # numpy's are there
        module.__version__ = "0.5.59" if name == "imjoy_rpc" else "0.0.0"
        _module(name + ".utils").dotdict = values.Dict
    schema = _module("hypha_rpc.utils.schema", "Marks of functions for those who look for them; they stay as they are.")
    schema.schema_function = schema.schema_method = _unchanged


def _module(name, doc=None):
    module = types.ModuleType(name, doc)
    module.__path__ = []
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
    sys.modules[name] = module
    return module


def _unchanged(function=None, **options):
    """A decorator with or without options that leaves the function as it is."""
    return _unchanged if function is None else function
