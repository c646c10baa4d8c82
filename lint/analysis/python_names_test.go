package analysis

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Names that nothing defines are told, and only those.
func TestPythonUndefined(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a module that is not imported", "def f():\n    return np.zeros(time.time())\n", "np; import numpy as np\ntime; import time"},
		{"slips", "def run(ctx):\n    length = 1\n    pritn(lenght)\n    return zzz\n", "pritn; did you mean print?\nlenght; did you mean length?\nzzz; "},
		{"each once", "os\nos\n", "os; import os"},
		{"what Python has", "print(__name__, __file__, len([]), ValueError)\n", ""},
		{"the api of the host", "api.alert('x')\n", ""},
		{"all ways to bind", strings.Join([]string{
			"import a.b, c as d", "from e import f as g", "h = 1", "i: int = 1", "for j in []: pass", "with h as k: pass", "def l(m, *n, o=1, **p): return m, n, o, p",
			"class q: pass", "[r for r in h]", "(lambda s: s)", "try: pass", "except OSError as u: u", "del h", "def v():", "  global w", "  w = 1",
			"a, d, g, h, i, j, k, l, q, w, v", "if (x := 1): x", "[*y] = h", "y", "async def z():", "  async for zz in h: zz",
		}, "\n"), ""},
		{"read before it is bound elsewhere", "def f(): return later\nlater = 1\n", ""},
		{"asked for first", "try:\n    unicode_\nexcept NameError:\n    pass\n", ""},
		{"caught with everything", "try:\n    unicode_\nexcept (OSError, Exception):\n    pass\n", ""},
		{"tried, and not caught", "try:\n    pirnt(1)\nexcept (OSError, KeyError):\n    pass\nfinally:\n    prnt(2)\n", "pirnt; did you mean print?\nprnt; did you mean print?"},
		{"everything of a module", "from numpy import *\nzeros(3)\n", ""},
		{"names that are made", "exec('made = 1')\nmade\n", ""},
		{"annotations that are not read", "from __future__ import annotations\ndef f(x: np.ndarray): pass\n", ""},
		{"Python 2", "unicode('x')\n", ""},
	}
	texts := make([]string, len(tests))
	for i, test := range tests {
		texts[i] = test.text
	}
	codes, err := python3(t).Read(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		var got []string
		for _, u := range codes[i].Undefined {
			got = append(got, test.text[u.Span.Start:u.Span.End]+"; "+u.Hint)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" || len(codes[i].Faults) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", test.name, codes[i].Faults, diff)
		}
	}
}
