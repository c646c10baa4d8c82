package permission

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func one(t *testing.T, word string) Permission {
	t.Helper()
	p, err := Parse(word)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWhatOneGrantOpens: no grant opens more than it says.
func TestWhatOneGrantOpens(t *testing.T) {
	for grant, asked := range map[string]map[string]bool{
		"net":                {"net:example.org": true, "net:example.org:443": true, "read:/x": false},
		"net:*.example.org":  {"net:a.example.org": true, "net:a.b.example.org:443": true, "net:example.org": false, "net:aexample.org": false, "net:*.example.org": true, "net": false},
		"net:example.org":    {"net:example.org:443": true, "net:a.example.org": false, "net:EXAMPLE.org.": true},
		"net:example.org:80": {"net:example.org": false, "net:example.org:443": false, "net:example.org:80": true},
		"read:/data":         {"read:/data": true, "read:/data/x": true, "read:/database": false, "read:/": false, "write:/data": false, "read": false},
		"read:/":             {"read:/etc": true, "read:x": false, `read:C:\x`: false},
		"read:.":             {"read:x": true, "read:/etc": false, `read:C:\x`: false, "read:C:/x": false, "read:c": true},
		"env:LAB_*":          {"env:LAB_TOKEN": true, "env:LAB_": true, "env:LABTOKEN": false, "env:LAB_A*": true, "env:*": false},
		"env:LAB":            {"env:LAB": true, "env:LAB_TOKEN": false, "env:LAB*": false},
		"run:git":            {"run:git": true, "run:gitx": false, "run": false},
	} {
		for word, want := range asked {
			p, err := Parse(word)
			if err != nil {
				if want {
					t.Errorf("%s: %v", word, err)
				}
				continue
			}
			if got := NewSet(one(t, grant)).Allows(p); got != want {
				t.Errorf("%s allows %s: %v", grant, word, got)
			}
		}
	}
}

// TestPrivatePlacesAreNamed: what may lie inside a network stays in a set beside "net".
func TestPrivatePlacesAreNamed(t *testing.T) {
	for word, stays := range map[string]bool{
		"net:10.0.0.1": true, "net:[::1]:80": true, "net:localhost": true, "net:localhost:80": true, "net:x.localhost": true,
		"net:example.org": false, "net:xlocalhost.org": false, "read:/localhost": true,
	} {
		list := NewSet(one(t, "net"), one(t, word)).Allowed()
		if got := len(list) == 2; got != stays {
			t.Errorf("net and %s: %v", word, list)
		}
	}
}

func TestPathsAndHostsRefused(t *testing.T) {
	for _, word := range []string{
		"read:..", "read:../x", "read:a/../b", `read:a\..\b`, `read:..\x`, "read:/a/..", "read:a\nb", "write:..",
		"net:*.org", "net:a.*.org", "net:*.*.org", "net:h:0", "net:h:65536", "net:h:x", "net:h:", "net:a b", "env:A*B", "run:a b", "run:$(x)",
	} {
		if p, err := Parse(word); err == nil {
			t.Errorf("%q is taken as %s", word, p)
		}
	}
}

// TestSheetsAreCompared: a command is new when any of its words is, a permission when it is
// not covered; the same one wanted twice is one with both reasons.
func TestSheetsAreCompared(t *testing.T) {
	want := func(word, detail string, declared bool, reason string) Want {
		return Want{Permission: one(t, word), Detail: detail, Declared: declared, Reasons: []Reason{{reason, source.Place{}}}}
	}
	list := []Want{want("camera", "", false, "a"), want("run:git", "git pull", false, "c"), want("camera", "", true, "b"), want("run:git", "git push", false, "d")}
	s := NewSheet(list, []string{"scipy", "numpy", "scipy"}, nil)
	if len(s.Wants) != 3 || !s.Wants[0].Declared || len(s.Wants[0].Reasons) != 2 || !cmp.Equal(s.Packages, []string{"numpy", "scipy"}) || s.Dialogs == nil {
		t.Errorf("%+v", s)
	}
	if len(list[0].Reasons) != 1 {
		t.Error("what was given is changed")
	}
	old := NewSheet([]Want{want("run:git", "git pull", false, "c"), want("net:*.example.org", "", true, "")}, nil, nil)
	now := NewSheet([]Want{want("run:git", "git push", false, "c"), want("net:a.example.org", "", true, ""), want("run:hg", "git pull", false, "")}, nil, nil)
	d := Diff(old, now)
	var words []string
	for _, w := range d.Added.Wants {
		words = append(words, w.Permission.String()+" "+w.Detail)
	}
	if diff := cmp.Diff([]string{"run:git git push", "run:hg git pull"}, words); diff != "" || !d.Grows() {
		t.Error(diff)
	}
	for _, s := range []Sheet{{Packages: []string{"x"}}, {Dialogs: []string{"x"}}, {Wants: []Want{{}}}} {
		if s.Empty() {
			t.Errorf("%+v is empty", s)
		}
	}
}

func TestHostsAndCommandsThatAreImplied(t *testing.T) {
	if w, ok := ImpliedHost("Example.org:443", "why", source.Place{}); !ok || w.Permission.String() != "net:example.org:443" {
		t.Errorf("%+v, %v", w, ok)
	}
	for _, host := range []string{"", "a b", "*", "h:x"} {
		if w, ok := ImpliedHost(host, "why", source.Place{}); ok {
			t.Errorf("%q is the host %+v", host, w)
		}
	}
	for line, words := range map[string][]string{"git pull": {"git", "pull"}, "sh -c 'a b'": {"sh", "-c", "a b"}, "x ''": {"x", ""}, `x 'it'\''s'`: {"x", "it's"}} {
		if w := ImpliedCommand(words, "", source.Place{}); w.Detail != line || w.Permission.Value != words[0] {
			t.Errorf("%q: %+v", words, w)
		}
	}
	if w := ImpliedCommand(nil, "", source.Place{}); w.Permission.String() != "run" {
		t.Errorf("%+v", w)
	}
}

func TestSetsAsText(t *testing.T) {
	s := NewSet(one(t, "net:example.org"), one(t, "camera")).Deny(one(t, "read:/x"))
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again Set
	if err := json.Unmarshal(text, &again); err != nil || !again.Equal(s) {
		t.Errorf("%s: %v, %v", text, again.Words(), err)
	}
	for _, other := range []Set{NewSet(), NewSet(one(t, "net:example.org")).Deny(one(t, "read:/x")), NewSet(one(t, "net:example.org"), one(t, "camera"))} {
		if s.Equal(other) {
			t.Errorf("%v is %v", s.Words(), other.Words())
		}
	}
	for _, bad := range []string{`{}`, `["nonsense"]`, `["!nonsense"]`, `[1]`} {
		if err := json.Unmarshal([]byte(bad), &again); err == nil {
			t.Errorf("%s is %v", bad, again.Words())
		}
	}
	if err := json.Unmarshal([]byte(`["camera","net:b.example.org","net:*.example.org","camera"]`), &again); err != nil || !cmp.Equal(again.Words(), []string{"camera", "net:*.example.org"}) {
		t.Errorf("not as it would be written: %v, %v", again.Words(), err)
	}
}
