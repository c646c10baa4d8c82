# What is wrong with a script that cannot be parsed.

import re
import sys


# Expressions, which are compiled when they are first needed.
PYTHON_2 = [
    (r"^\s*print\s+[^(=\s]", "`print` is a function in Python 3: print(...)"),
    (r"^\s*print\s*$", "`print` is a function in Python 3: print()"),
    (r"^\s*exec\s+[^(=\s]", "`exec` is a function in Python 3: exec(...)"),
    (r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:", "write `except Error as name:`"),
    (r"^\s*raise\s+[\w.]+\s*,", "write `raise Error(message)`"),
    (r"<>", "write `!=`"),
    (r"\b0[0-7]+\b", "octal numbers begin with `0o`"),
    (r"\b\d+[lL]\b", "integers have no suffix `L` in Python 3"),
    (r"`[^`]+`", "write `repr(...)`"),
    (r"\bur['\"]", "there are no ur'' strings in Python 3"),
]


# What a line looks like whose syntax is newer than this Python, and since when there is it.
NEWER = [
    (r"^\s*(?:match|case)\b.*:", "invalid syntax", (3, 10)),
    (r"^\s*except\s*\*", "", (3, 11)),
    (r"^\s*type\s+\w+\s*(?:\[.*\])?\s*=", "invalid syntax", (3, 12)),
    (r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[", "", (3, 12)),
    (r"""[fF][rR]?["']|[rR][fF]["']""", "f-string", (3, 12)),
    (r"""\bt["']""", "invalid syntax", (3, 14)),
]


def since(error, line):
    """The version of Python that may know what this one does not, as text, or ""."""
    for pattern, message, version in NEWER:
        if sys.version_info < version and message in (error.msg or "") and re.search(pattern, line):
            return "%d.%d" % version
    return ""


def fault(text, error):
    line = error.lineno or 1
    start = text.char_offset(line, error.offset)
    end = start
    if getattr(error, "end_lineno", None) and error.end_offset and error.end_offset > 0:
        end = text.char_offset(error.end_lineno, error.end_offset)
    if end <= start:
        rest = text.line(line).encode("utf-8")
        end = min(start + 1, text.offset(line, 0) + len(rest))
    message, hint, newer = error.msg or "invalid syntax", "", ""
    if isinstance(error, IndentationError):
        indent = re.match(r"[ \t]*", text.line(line)).end()
        start, end = text.offset(line, 0), text.offset(line, max(indent, 1))
        if "unexpected indent" in message and re.match(r"\s", text.line(first_line(text))):
            hint = "ImJoy removes the indentation that all lines share; one line without it, or with other white space, is enough that none is removed"
    else:
        for pattern, advice in PYTHON_2:
            if re.search(pattern, text.line(line)):
                message, hint = "this is Python 2: " + message[:1].lower() + message[1:], advice
                break
        else:
            newer = since(error, text.line(line))
    return {"span": [start, max(start, end)], "message": message, "hint": hint, "since": newer, "reader": "%d.%d" % sys.version_info[:2]}


def first_line(text):
    for number in range(1, len(text.starts) + 1):
        if text.line(number).strip():
            return number
    return 1
