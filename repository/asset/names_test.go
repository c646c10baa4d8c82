package asset

import (
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func TestPathsInArchives(t *testing.T) {
	for name, want := range map[string]string{
		"package/index.js": "index.js", "./package/a/b.js": "a/b.js", "other/./x.js": "x.js", "package/..x": "..x", "package": "", "package/": "",
		"..": "out", "../x": "out", "a/..": "out", "package/a/../../../x": "out", "package/a/../x": "out", "./../x": "out", "/x": "out", ".//x": "out",
		`a\x`: "no path", "a\x00": "no path", strings.Repeat("a", maxPath+1): "no path",
	} {
		got, err := inside(name)
		if says := map[string]string{"out": "leads out of it", "no path": "is not a path"}[want]; says != "" {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%.40q: %q, %v", name, got, err)
			}
		} else if err != nil || got != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

func TestKindsOfSpecifiers(t *testing.T) {
	for text, want := range map[string]kindOf{
		"npm:x": npm, "NPM:x": npm, "https://h/x": absolute, "HTTP://h/x": absolute, "//h/x": absolute,
		"./x": relative, "../x": relative, "/x": relative, ".": relative, "..": relative, "#x": internal, "x": bare, "@s/x": bare, ".x": bare, "httpsx": bare,
	} {
		if got := specifierKind(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	for _, test := range []struct{ specifier, importer, want string }{
		{"./b.js", "npm:lib@1.0.0/a/x.js", "npm:lib@1.0.0/a/b.js"},
		{"../b.js", "npm:lib@1.0.0/a/x.js", "npm:lib@1.0.0/b.js"},
		{".", "npm:lib@1.0.0/a/x.js", "npm:lib@1.0.0/a"},
		{"../../b.js", "npm:lib@1.0.0/a/x.js", ""},
		{"..", "npm:lib@1.0.0/x.js", ""},
		{"/b.js", "npm:lib@1.0.0/a/x.js", ""},
		{"/etc/passwd", "npm:lib@1.0.0/x.js", ""},
		{"/b.js", "https://h.example/a/x.js", "https://h.example/b.js"},
		{"../../b.js", "https://h.example/a/x.js", "https://h.example/b.js"},
		{"./b.js", "", ""},
		{"./%zz", "https://h.example/a/x.js", ""},
	} {
		if got, err := join(test.specifier, test.importer); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s in %s: %q, %v", test.specifier, test.importer, got, err)
		}
	}
}

// TestChoosesVersionsOnly: what the registry calls a version is put into a URL, so it has to
// be one.
func TestChoosesVersionsOnly(t *testing.T) {
	const odd = `{"dist-tags": {"latest": "1.5.0/../../evil", "next": "../evil", "fine": "2.0.0-rc.1"},
		"versions": {"1.2.0": {}, "1.10.0": {}, "1.9.0": {}, "2.0.0-rc.1": {}, "1.99.0/../evil": {}, "x": {}}}`
	for wanted, want := range map[string]string{
		"^1.0.0": "1.10.0", "~1.9.0": "1.9.0", "1.2.0": "1.2.0", "fine": "2.0.0-rc.1", "next": "", "": "1.10.0", "*": "1.10.0", "^3.0.0": "", "nonsense!": "",
	} {
		if got, err := choose("lib", wanted, []byte(odd)); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", wanted, got, err)
		}
	}
	const plain = `{"dist-tags": {"latest": "1.2.0"}, "versions": {"1.2.0": {}, "1.10.0": {}}}`
	if got, err := choose("lib", "^1.0.0", []byte(plain)); got != "1.2.0" || err != nil {
		t.Errorf("the latest that fits: %q, %v", got, err)
	}
}

func TestTheStrongestHashCounts(t *testing.T) {
	text := []byte("archive")
	strong, weak := sha512.Sum512(text), sha1.Sum(text)
	sha512Of, sha1Of := "sha512-"+base64.StdEncoding.EncodeToString(strong[:]), hex.EncodeToString(weak[:])
	wrong := "sha512-" + base64.StdEncoding.EncodeToString(make([]byte, 64))
	for _, test := range []struct {
		integrity, shasum string
		fine              bool
	}{
		{sha512Of, "", true}, {sha512Of, "wrong", true}, {"sha1-x " + sha512Of, "", true}, {"", sha1Of, true}, {"", strings.ToUpper(sha1Of), true},
		{wrong, sha1Of, false}, {wrong + " " + sha512Of, "", false}, {"sha384-x", sha1Of, false}, {"", "", false}, {"", sha1Of[:39] + "x", false},
	} {
		var m manifest
		m.Dist.Integrity, m.Dist.Shasum = test.integrity, test.shasum
		err := m.verify("lib", text)
		if (err == nil) != test.fine {
			t.Errorf("%+v: %v", test, err)
		}
		if damage := new(IntegrityError); test.integrity == wrong && !errors.As(err, &damage) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}
