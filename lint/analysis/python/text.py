# Scripts as bytes with lines.

import re

LINE_END = re.compile(rb"\r\n|\r|\n")


class Text:
    """A script with the offsets of its lines."""

    def __init__(self, text):
        self.text = text
        self.bytes = text.encode("utf-8", "surrogatepass")
        self.starts = [0] + [m.end() for m in LINE_END.finditer(self.bytes)]

    def offset(self, line, column):
        """Offset of a 1-based line and a 0-based column in bytes."""
        line = min(max(line or 1, 1), len(self.starts))
        return min(self.starts[line - 1] + max(column or 0, 0), len(self.bytes))

    def line(self, number):
        start = self.offset(number, 0)
        end = self.starts[number] if number < len(self.starts) else len(self.bytes)
        return self.bytes[start:end].decode("utf-8", "replace").rstrip("\r\n")

    def char_offset(self, line, column):
        """Offset of a 1-based line and a 1-based column in characters."""
        before = self.line(line)[: max((column or 1) - 1, 0)]
        return self.offset(line, len(before.encode("utf-8")))

    def span(self, node):
        return [
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        ]

    def tail(self, node, name):
        """Span of the name an attribute ends with."""
        end = self.offset(node.end_lineno, node.end_col_offset)
        return [end - len(name.encode("utf-8")), end]
