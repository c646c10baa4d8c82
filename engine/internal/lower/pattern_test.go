package lower

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPattern(t *testing.T) {
	for _, test := range []struct{ pattern, flags, want, wantFlags string }{
		{`a+`, "g", `a+`, "g"},
		{`\p{ASCII}`, "u", `[\x00-\x7f]`, "u"},
		{`[^\p{ASCII}]`, "u", `[^\x00-\x7f]`, "u"},
		{`[a-z--[b-y]]`, "v", "", "range"},
		{`[[a-z]--[b-y]]`, "v", `[az]`, "u"},
		{`\p{L}`, "", `p{L}`, ""},
		{`(?=a)a$`, "", `(?=a)a(?![\s\S])`, ""},
		{`(?=a).`, "s", `(?=a).`, "s"},
		{`a`, "dg", `a`, "g"},
		{`\u{1F600}`, "u", "😀", "u"},
	} {
		got, flags, err := Pattern(test.pattern, test.flags)
		switch {
		case test.wantFlags == "range":
			if err == nil {
				t.Errorf("/%s/%s: accepted as %s", test.pattern, test.flags, got)
			}
		case err != nil:
			t.Errorf("/%s/%s: %v", test.pattern, test.flags, err)
		case test.want != "" && (got != test.want || flags != test.wantFlags):
			t.Errorf("/%s/%s: got /%s/%s", test.pattern, test.flags, got, flags)
		}
	}
}

func TestPatternRefuses(t *testing.T) {
	for _, test := range []struct{ pattern, flags, why string }{
		{`\p{Nonsense}`, "u", "Nonsense"},
		{`\p{Script_Extensions=Greek}`, "u", "not available"},
		{`\p{RGI_Emoji}`, "v", "not available"},
		{`\p`, "u", "property name"},
		{`[a`, "v", "Unterminated"},
		{`[a&&b--c]`, "v", "operation"},
		{`[\q{ab}]`, "v", ""},
		{`[^\q{ab}]`, "v", "Negated"},
		{`a`, "uv", "flags"},
		{`(?<a>x)(?<a>y)`, "", "Duplicate"},
		{"[" + strings.Repeat("[", 1000) + "a" + strings.Repeat("]", 1001), "v", "deep"},
	} {
		_, _, err := Pattern(test.pattern, test.flags)
		if (err == nil) != (test.why == "") || err != nil && !strings.Contains(err.Error(), test.why) {
			t.Errorf("/%.40s/%s: %v, want %q", test.pattern, test.flags, err, test.why)
		}
	}
}

func TestScriptKeepsItsLines(t *testing.T) {
	r, err := Script("a.ts", "const x: number = 1;\nasync function* g() { yield x }", true)
	if err != nil || strings.Contains(r.Code, "number") || strings.Contains(r.Code, "function*") && !strings.Contains(r.Code, "__asyncGenerator") || len(r.Map) == 0 {
		t.Errorf("%+v %v", r, err)
	}
	_, err = Script("a.js", "let a = 1;\nlet = = 2", false)
	if e, ok := err.(*SyntaxError); !ok || e.Line != 2 {
		t.Errorf("got %v", err)
	}
}

// What comes out is text that goja can read, whatever goes in.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{`a+`, `\p{L}[\p{Lu}--[A-Z]]`, `(?<=a)\1[^\S\n]$`, `[\q{ab|c}&&\w]`, `\u{1F600}\cA\0[^]`, `(?<n>x)\k<n>`} {
		f.Add(p, "u")
		f.Add(p, "v")
		f.Add(p, "")
	}
	f.Fuzz(func(t *testing.T, pattern, flags string) {
		if !utf8.ValidString(pattern) || len(pattern) > 1000 {
			t.Skip("not a text of a script")
		}
		out, rest, err := Pattern(pattern, flags)
		if err == nil && (!utf8.ValidString(out) || strings.ContainsAny(rest, "vd")) {
			t.Errorf("/%s/%s became /%q/%s", pattern, flags, out, rest)
		}
	})
}
