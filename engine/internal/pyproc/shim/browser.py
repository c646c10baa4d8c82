"""Modules that only a Python in a browser has: importing one says so, instead of
being a package that somebody forgot to install."""

import sys

PAGE = "run a web-python plugin in a page: imjoy run --browser"
ADVICE = {
    "js": "js is the browser's JavaScript, which Python in a terminal does not have; " + PAGE,
    "pyodide": "pyodide is the Python of a browser, and this is another; use the standard library (urllib for open_url), or " + PAGE,
    "pyodide_js": "pyodide_js is part of the Python of a browser, and this is another; " + PAGE,
    "pyodide_http": "pyodide_http patches the Python of a browser, and this is another; leave it out here: requests work as they are",
    "micropip": "micropip installs packages in a browser; here, list them in `requirements` in the plugin's config",
}


class Finder:
    """Asked last, so a package of that name counts where there is one."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ADVICE:
            raise ImportError(ADVICE[name], name=name)
        return None


def install():
    if Finder not in sys.meta_path:
        sys.meta_path.append(Finder)
