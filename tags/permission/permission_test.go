package permission

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

func TestParse(t *testing.T) {
	for word, want := range map[string]string{
		"camera": "camera", " camera ": "camera", "encryted-media": "encrypted-media", "fullscreen": "full-screen", "payment": "payment-request",
		"net": "net", "net:*": "net", "net:Example.ORG": "net:example.org", "net:example.org.": "net:example.org", "net:example.org:443": "net:example.org:443", "net:*.example.org": "net:*.example.org",
		"net:bücher.example": "net:xn--bcher-kva.example", "net:127.0.0.1": "net:127.0.0.1", "net:[::1]:80": "net:[::1]:80", "net:::1": "net:[::1]", "net:[::ffff:10.0.0.1]": "net:10.0.0.1", "net:localhost:8080": "net:localhost:8080",
		"read:/data/": "read:/data", "read:/": "read:/", "write:./out//x": "write:out/x", `read:C:\data`: "read:C:/data", "read:.": "read:.",
		"run:git": "run:git", "run:/usr/bin/git": "run:/usr/bin/git", "env:HOME": "env:HOME", "env:AWS_*": "env:AWS_*", "python": "python", "build": "build", "storage": "storage",
	} {
		p, err := Parse(word)
		if err != nil || p.String() != want {
			t.Errorf("%q: got %q, %v; want %q", word, p, err, want)
			continue
		}
		if again, err := Parse(p.String()); err != nil || again != p {
			t.Errorf("%q parses as %q, %v", p, again, err)
		}
	}
	for _, word := range []string{
		"", "webcam", "Camera", "camera:front", "python:3", "net:", "net:a b", "net:exa_mple", "net:*", "net:*.org", "net:a.*.org", "net:**.example.org", "net:example.org:0", "net:example.org:99999", "net:example.org:x", "net:http://x", "net:a/b", "net:example.org:80:90",
		"read:", "read:..", "read:/data/../etc", "read:a/../../b", `read:..\x`, "read:a\x00b", "run:", "run:a b", "run:-rf", "run:$(id)", "env:", "env:A-B", "env:*A", "env:A=B", "all",
	} {
		if p, err := Parse(word); err == nil && word != "net:*" {
			t.Errorf("%q is accepted as %q", word, p)
		}
	}
	var unknown *UnknownError
	if _, err := Parse("camra"); !errors.As(err, &unknown) || unknown.Suggestion != "camera" {
		t.Errorf("got %v", err)
	}
}

// set reads words with commas; "!" denies, "all" allows everything.
func set(t *testing.T, words string) Set {
	t.Helper()
	data, _ := json.Marshal(strings.Fields(words))
	var s Set
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAllows(t *testing.T) {
	for _, test := range []struct {
		granted, asked string
		want           bool
	}{
		{"", "camera", false}, {"camera", "camera", true}, {"camera", "microphone", false}, {"all", "net:x.org", true},
		{"net", "net:x.org:1", true}, {"net:x.org", "net", false},
		{"net:x.org", "net:x.org", true}, {"net:x.org", "net:x.org:443", true}, {"net:x.org:443", "net:x.org", false}, {"net:x.org:443", "net:x.org:80", false},
		{"net:*.x.org", "net:a.x.org", true}, {"net:*.x.org", "net:b.a.x.org", true}, {"net:*.x.org", "net:x.org", false}, {"net:*.x.org", "net:evilx.org", false}, {"net:*.x.org", "net:*.a.x.org", true}, {"net:*.x.org", "net:x.org.evil.com", false},
		{"net:*.x.org:443", "net:a.x.org:443", true}, {"net:*.x.org:443", "net:a.x.org", false},
		{"read:/data", "read:/data", true}, {"read:/data", "read:/data/x/y", true}, {"read:/data", "read:/database", false}, {"read:/data", "read:/", false}, {"read:/data", "write:/data", false}, {"read:/", "read:/etc", true},
		{"read:.", "read:x/y", true}, {"read:.", "read:/x", false}, {"read:.", "read:C:/x", false}, {"read:x", "read:x/y", true},
		{"env:AWS_*", "env:AWS_KEY", true}, {"env:AWS_*", "env:AW", false}, {"env:AWS_KEY", "env:AWS_*", false},
		{"run:git", "run:git", true}, {"run:git", "run:/tmp/git", false}, {"run", "run:git", true},
		// Denials win, whatever the order and however wide the allowance.
		{"all !net:x.org", "net:x.org", false}, {"all !net:x.org", "net:y.org", true}, {"net !net:*.x.org", "net:a.x.org", false}, {"net !net:*.x.org", "net:x.org", true},
		{"net !net:a.x.org", "net:*.x.org", false}, {"net !net:x.org:22", "net:x.org:443", true}, {"net !net:x.org:22", "net:x.org", false}, {"read:/ !read:/home", "read:/home/me", false}, {"read:/ !read:/home/me", "read:/home", false}, {"read:/ !read:/home", "read:/etc", true},
		{"camera !camera", "camera", false},
	} {
		p, err := Parse(test.asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := set(t, test.granted).Allows(p); got != test.want {
			t.Errorf("%q allows %q: %v", test.granted, test.asked, got)
		}
	}
}

func TestSetAlgebra(t *testing.T) {
	for _, test := range []struct{ a, b, both, either string }{
		{"", "", "", ""},
		{"camera", "microphone", "", "camera microphone"},
		{"net", "net:x.org read:/a", "net:x.org", "net read:/a"},
		{"net:*.x.org:443", "net:a.x.org", "net:a.x.org:443", "net:*.x.org:443 net:a.x.org"},
		{"read:/a", "read:/a/b read:/c", "read:/a/b", "read:/a read:/c"},
		{"all", "net:x.org camera", "camera net:x.org", "all camera net:x.org"},
		{"all !camera", "net:x.org camera", "camera net:x.org !camera", "all camera net:x.org !camera"},
		{"all", "all", "all", "all"},
		{"net !net:x.org", "net:x.org", "net:x.org !net:x.org", "net !net:x.org"},
		{"env:A_*", "env:A_B env:C", "env:A_B", "env:A_* env:C"},
	} {
		a, b := set(t, test.a), set(t, test.b)
		for _, pair := range [][2]Set{{a, b}, {b, a}} {
			if got := strings.Join(pair[0].Intersect(pair[1]).Words(), " "); got != test.both {
				t.Errorf("%q and %q: %q, want %q", test.a, test.b, got, test.both)
			}
			if got := strings.Join(pair[0].Union(pair[1]).Words(), " "); got != test.either {
				t.Errorf("%q or %q: %q, want %q", test.a, test.b, got, test.either)
			}
		}
	}
}

// TestSetLaws checks, over all sets of a few words, that the algebra means what
// Allows says.
func TestSetLaws(t *testing.T) {
	words := []string{"net", "net:x.org", "net:*.x.org", "net:a.x.org:80", "read:/a", "read:/a/b", "camera", "!net:a.x.org", "!read:/a/b"}
	var all []Permission
	for _, w := range words {
		if p, err := Parse(strings.TrimPrefix(w, "!")); err == nil && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	var sets []Set
	for mask := range 1 << len(words) {
		var chosen []string
		for i, w := range words {
			if mask&(1<<i) != 0 {
				chosen = append(chosen, w)
			}
		}
		if len(chosen) <= 3 {
			sets = append(sets, set(t, strings.Join(chosen, " ")))
		}
	}
	for _, a := range sets {
		data, err := json.Marshal(a)
		var back Set
		if err != nil || json.Unmarshal(data, &back) != nil || !back.Equal(a) {
			t.Fatalf("%s is not %s after JSON", back, a)
		}
		for _, b := range sets {
			both, either := a.Intersect(b), a.Union(b)
			for _, p := range all {
				if both.Allows(p) != (a.Allows(p) && b.Allows(p)) {
					t.Fatalf("(%s) and (%s) is (%s), which allows %s: %v", a, b, both, p, both.Allows(p))
				}
				if either.Allows(p) && !(a.Allows(p) || b.Allows(p)) {
					t.Fatalf("(%s) or (%s) is (%s), which allows %s", a, b, either, p)
				}
			}
			if a.Contains(b) && slices.ContainsFunc(all, func(p Permission) bool { return b.Allows(p) && !a.Allows(p) }) {
				t.Fatalf("(%s) does not contain (%s)", a, b)
			}
		}
	}
}

func TestContains(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"net", "net:x.org camera", false}, {"net camera", "net:x.org camera", true}, {"all", "net camera", true}, {"all", "all", true}, {"net", "all", false},
		{"all !camera", "all", false}, {"all", "all !camera", true}, {"all !camera", "all !camera", true},
	} {
		if got := set(t, test.a).Contains(set(t, test.b)); got != test.want {
			t.Errorf("%q contains %q: %v", test.a, test.b, got)
		}
	}
}

func read(t *testing.T, text string) (*source.Source, *conf.Node) {
	t.Helper()
	s := source.New("p.imjoy.html", []byte(text))
	root, _ := conf.Parse("json", source.Whole(s, s.All()))
	return s, root
}

func TestFromConfig(t *testing.T) {
	for _, test := range []struct{ text, wants, findings string }{
		{`null`, "", ""}, {`[]`, "", ""}, {`""`, "", ""},
		{`["camera", "net:Example.org"]`, "camera net:example.org", ""},
		{`"camera"`, "camera", ""},
		{`["encryted-media"]`, "encrypted-media", `permission-spelling "encryted-media"`},
		{`["webcam", "camra"]`, "", `permission-unknown "webcam" permission-unknown "camra"`},
		{`[3, ["camera"]]`, "", `permissions-shape 3 permissions-shape ["camera"]`},
		{`{"camera": true}`, "", `permissions-shape {"camera": true}`},
		{`["net:a b"]`, "", `permission-unknown "net:a b"`},
	} {
		s, root := read(t, `{"permissions": `+test.text+`}`)
		wants, diagnostics := FromConfig(root.Get("permissions"))
		var got, found []string
		for _, w := range wants {
			got = append(got, w.Permission.String())
			if !w.Declared || !w.Reasons[0].Place.Known() {
				t.Errorf("%s: %v", test.text, w)
			}
		}
		for _, d := range diagnostics {
			found = append(found, d.Code+" "+string(s.Slice(d.Place.Span)))
		}
		if diff := cmp.Diff([]string{test.wants, test.findings}, []string{strings.Join(got, " "), strings.Join(found, " ")}); diff != "" {
			t.Errorf("%s: %s", test.text, diff)
		}
		for _, d := range diagnostics {
			for _, fix := range d.Fixes {
				fixed, err := source.Apply(s.Text, fix.Edits)
				_, after := read(t, string(fixed))
				if _, left := FromConfig(after.Get("permissions")); err != nil || len(left) > 0 {
					t.Errorf("%s: the fix gives %s, %v", test.text, fixed, err)
				}
			}
		}
	}
}

func sheet(t *testing.T, config, language string) Sheet {
	t.Helper()
	_, root := read(t, config)
	d, _ := requirement.Parse(root.Get("env"), root.Get("requirements"), root.Get("cmd"), language)
	declared, _ := FromConfig(root.Get("permissions"))
	var packages []string
	for _, p := range d.Pip {
		packages = append(packages, p.Text)
	}
	for _, c := range d.Commands {
		declared = append(declared, ImpliedCommand(c.Words, "a command it needs", c.Place))
	}
	if d.Program != nil {
		declared = append(declared, ImpliedCommand(d.Program.Words, "it starts its scripts with this command", d.Program.Place))
	}
	return NewSheet(declared, packages, nil)
}

func TestSheet(t *testing.T) {
	s := sheet(t, `{
 "permissions": ["net:h.example", "camera"],
 "cmd": "nice python",
 "requirements": ["numpy", "git+https://h.example/x", "cmd: make 'all of it'"]
}`, "python")
	want := `  use the camera
  connect to h.example
  run the program make: make 'all of it'  (a command it needs, line 4)
  run the program nice: nice python  (it starts its scripts with this command, line 3)
  install git+https://h.example/x, numpy
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Error(diff)
	}
	data, err := json.Marshal(s)
	var back Sheet
	if err != nil || json.Unmarshal(data, &back) != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.String(), strings.ReplaceAll(back.String(), "need)", "need, line 4)")); diff == "" {
		t.Log(string(data))
	}
	if c := Diff(back, s); c.Grows() || !c.Removed.Empty() {
		t.Errorf("a stored sheet differs from itself: %+v", c)
	}
}

func TestDiff(t *testing.T) {
	old := sheet(t, `{"permissions": ["net:*.h.example", "camera"], "requirements": ["numpy", "cmd: make"]}`, "python")
	for _, test := range []struct{ config, added string }{
		{`{"permissions": ["net:*.h.example", "camera"], "requirements": ["numpy", "cmd: make"]}`, ""},
		{`{"permissions": ["net:a.h.example"], "requirements": ["numpy"]}`, ""},
		{`{"permissions": ["net:h.example", "camera"]}`, "  connect to h.example\n"},
		{`{"permissions": ["microphone"], "requirements": ["scipy"]}`, "  use the microphone\n  install scipy\n"},
		{`{"requirements": ["cmd: make install"]}`, "  run the program make: make install  (a command it needs, line 1)\n"},
	} {
		change := Diff(old, sheet(t, test.config, "python"))
		if diff := cmp.Diff(test.added, change.Added.String()); diff != "" || change.Grows() != (test.added != "") {
			t.Errorf("%s: %s", test.config, diff)
		}
	}
	if change := Diff(NewSheet(nil, nil, []string{"a name"}), NewSheet(nil, nil, []string{"a name", "files to read"})); !change.Grows() || change.Added.String() != "  ask for files to read\n" {
		t.Errorf("what it asks people for: %+v", change)
	}
	if change := Diff(old, Sheet{}); change.Grows() || len(change.Removed.Wants) != 3 {
		t.Errorf("got %+v", change)
	}
}

func TestDescribeKnowsEveryKind(t *testing.T) {
	for _, word := range words() {
		p, err := Parse(word)
		if err != nil || p.Describe() == word {
			t.Errorf("%s is described as %q, %v", word, p.Describe(), err)
		}
	}
	// The sentences that people agree to, word by word: none may say less than is granted.
	for word, want := range map[string]string{
		"net": "connect to any host", "net:*.x.org": "connect to *.x.org", "read": "read any file", "read:/a": "read files below /a", "write": "write any file", "write:/a": "write files below /a",
		"run": "run any program", "run:git": "run the program git", "env": "read all environment variables", "env:A_*": "read the environment variable A_*",
		"python": "run Python code on this computer", "build": "run the build code of packages while they are installed", "storage": "keep data between runs",
		"camera": "use the camera", "microphone": "use the microphone", "geolocation": "know where this computer is", "midi": "use MIDI devices",
		"encrypted-media": "play protected media", "full-screen": "fill the whole screen", "payment-request": "ask for payments",
	} {
		if p, err := Parse(word); err != nil || p.Describe() != want {
			t.Errorf("%s is described as %q, %v", word, p.Describe(), err)
		}
	}
	p, _ := Parse("net:x.org:443")
	if p.Describe() != "connect to x.org:443" || p.Flag() != "--allow-net=x.org:443" {
		t.Errorf("%q, %q", p.Describe(), p.Flag())
	}
}

func TestRulesShowTheirFault(t *testing.T) {
	for _, r := range Rules {
		for example, want := range map[string]bool{r.Bad: true, r.Good: false} {
			_, root := read(t, example)
			_, diagnostics := FromConfig(root.Get("permissions"))
			if got := slices.ContainsFunc(diagnostics, func(d source.Diagnostic) bool { return d.Code == r.Code }); got != want {
				t.Errorf("%s: %s has the fault: %v", r.Code, example, got)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, word := range []string{"net:*.a.org:80", "read:/a/../b", "env:A_*", "net:[::1]:1", "run:x"} {
		f.Add(word, "net:a.org")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		p, err := Parse(a)
		if err != nil {
			return
		}
		if again, err := Parse(p.String()); err != nil || again != p {
			t.Fatalf("%q is %q, which is %q, %v", a, p, again, err)
		}
		if !NewSet(p).Allows(p) || NewSet(p).Deny(p).Allows(p) {
			t.Fatalf("%q does not allow itself, or deny itself", p)
		}
		q, err := Parse(b)
		if err != nil {
			return
		}
		if both, ok := meet(p, q); ok && (!covers(p, both) || !covers(q, both)) {
			t.Fatalf("%q and %q meet in %q", p, q, both)
		}
	})
}

// TestNamedAddressesStay: what is granted by its name is not lost in a wider word.
func TestNamedAddressesStay(t *testing.T) {
	tests := []struct{ words, want []string }{
		{[]string{"net", "net:127.0.0.1:80"}, []string{"net", "net:127.0.0.1:80"}},
		{[]string{"net:localhost", "net"}, []string{"net", "net:localhost"}},
		{[]string{"net:[::1]:8080", "net:[::1]"}, []string{"net:[::1]", "net:[::1]:8080"}},
		{[]string{"net:10.0.0.1", "net:10.0.0.1"}, []string{"net:10.0.0.1"}},
		{[]string{"net", "net:example.org"}, []string{"net"}},
		{[]string{"net:*.example.org", "net:a.example.org:443"}, []string{"net:*.example.org"}},
	}
	for _, test := range tests {
		var list []Permission
		for _, word := range test.words {
			p, err := Parse(word)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, p)
		}
		if got := NewSet(list...).Words(); !slices.Equal(got, test.want) {
			t.Errorf("%q are %q, want %q", test.words, got, test.want)
		}
	}
}
