package address

import (
	"strings"
	"testing"
)

// edges pairs texts at the edges of the grammar with what they mean: the canonical form and
// its kind, or "" for what is no address.
var edges = []struct {
	text, want string
	kind       Kind
}{
	// Paths of every system, and what only looks like one.
	{"..", "..", Path}, {"../x", "../x", Path}, {"~/x", "~/x", Path}, {"/x", "/x", Path},
	{`.\x`, `.\x`, Path}, {`..\x`, `..\x`, Path}, {`\\server\x`, `\\server\x`, Path},
	{`z:\x`, `z:\x`, Path}, {"a:/x", "a:/x", Path}, {"1:/x", "", None}, {"x", "x", Name}, {"ab", "ab", Name},
	{"./a@b/x", "./a@b/x", Path}, {"./x@T", "./x@T", Path}, {"./@T", "./@T", Path}, {"/@T", "/@T", Path}, {"./x.imjoy.html@a/b", "./x.imjoy.html@a/b", Path},
	{"file:///", "/", Path}, {"file:x", "", None}, {"file:", "", None}, {"file:///%zz", "", None}, {"file://localhost", "", None}, {"file:///a /b", "/a /b", Path}, {"file:///x%20", "", None},

	// Links without a scheme.
	{"github.com/o/r/tree/main", "o/r@main", Repository}, {"github.com/o/r/raw/main/x.imjoy.html", "https://github.com/o/r/blob/main/x.imjoy.html", Repository},
	{"raw.githubusercontent.com/o/r/main/x.imjoy.html", "https://github.com/o/r/blob/main/x.imjoy.html", Repository},
	{"www.example.com/x.imjoy.html", "https://www.example.com/x.imjoy.html", URL}, {"www.example.com:8080/x", "https://www.example.com:8080/x", URL},
	{"github.com", "github.com", Name}, {"github.com/o/r/blob/main/x:y", "", None},

	// Known hosts: only where every part is in its place.
	{"https://github.com/o", "https://github.com/o", URL}, {"https://github.com/", "https://github.com/", URL}, {"https://github.com/o/r/blob/main", "https://github.com/o/r/blob/main", URL},
	{"https://github.com/o/r/tree", "https://github.com/o/r/tree", URL}, {"https://github.com/o/r/wiki/x/y", "https://github.com/o/r/wiki/x/y", URL},
	{"https://github.com:443/o/r", "o/r", Repository}, {"https://github.com//o/r", "o/r", Repository}, {"https://github.com/o//r", "https://github.com/o//r", URL},
	{"https://github.com/o/r/blob/main/../x.imjoy.html", "https://github.com/o/r/blob/main/../x.imjoy.html", URL},
	{"https://github.com/o/r/blob/main/./x.imjoy.html", "https://github.com/o/r/blob/main/./x.imjoy.html", URL},
	{"https://github.com/o/r/blob/-x/x.imjoy.html", "https://github.com/o/r/blob/-x/x.imjoy.html", URL},
	{"https://github.com/-o/r/blob/main/x.imjoy.html", "https://github.com/-o/r/blob/main/x.imjoy.html", URL},
	{"https://github.com/o/r/tree/a..b", "https://github.com/o/r/tree/a..b", URL}, {"https://github.com/o/-r", "https://github.com/o/-r", URL},
	{"https://raw.githubusercontent.com/o/r/main", "https://raw.githubusercontent.com/o/r/main", URL},
	{"https://raw.githubusercontent.com/o/r/refs/tags/v1/x.imjoy.html", "https://github.com/o/r/blob/v1/x.imjoy.html", Repository},
	{"https://gitlab.com/g/r", "gitlab.com/g/r", Repository}, {"https://gitlab.com/g", "https://gitlab.com/g", URL}, {"https://gitlab.com/g/r.git", "gitlab.com/g/r", Repository},
	{"https://gitlab.com/g/r/-/raw/main/x.imjoy.html", "https://gitlab.com/g/r/-/blob/main/x.imjoy.html", Repository},
	{"https://gitlab.com/g/r/-/blob/main", "https://gitlab.com/g/r/-/blob/main", URL}, {"https://gitlab.com/g/r/-/tree", "https://gitlab.com/g/r/-/tree", URL},
	{"https://gitlab.com/g/r/-/issues/1/x", "https://gitlab.com/g/r/-/issues/1/x", URL},
	{"https://gist.github.com/o/0123abc", "https://gist.github.com/o/0123abc", Gist}, {"https://gist.github.com/o/0123abcdef/0123456789", "https://gist.github.com/o/0123abcdef/0123456789", Gist},
	{"https://gist.github.com/o", "https://gist.github.com/o", URL}, {"https://gist.github.com/o/xyz0000", "https://gist.github.com/o/xyz0000", URL},
	{"https://gist.github.com/o/012345", "https://gist.github.com/o/012345", URL}, {"https://gist.github.com/o/0123456789/0123456789/x", "https://gist.github.com/o/0123456789/0123456789/x", URL},
	{"https://gist.github.com/-o/0123456789", "https://gist.github.com/-o/0123456789", URL}, {"https://gist.github.com/starred0", "https://gist.github.com/starred0", URL},

	// Repositories and refs.
	{"o/r@main:Name", "o/r@main:Name", Repository}, {"o/r: collection/ Imaging ", "", None}, {"o/r:collection/", "", None},
	{"gitlab.com/r:Name", "", None}, {"github.com/a/b/c:Name", "", None}, {"./r:Name", "./r:Name", Path}, {"o/.:Name", "", None}, {"o/-r:Name", "", None},
	{"https :Name", "", None}, {"https:Name", "", None}, {"file:Name", "", None}, {"lab:", "lab:", Repository},
	{"o/r@a//b:Name", "", None}, {"o/r@a/:Name", "", None}, {"o/r@a.:Name", "", None}, {"o/r@a.lock:Name", "", None}, {"o/r@a/.b:Name", "", None}, {"o/r@/a:Name", "", None},
	{"o/r@" + strings.Repeat("a", maxRef) + ":Name", "o/r@" + strings.Repeat("a", maxRef) + ":Name", Repository}, {"o/r@" + strings.Repeat("a", maxRef+1) + ":Name", "", None},
	{"Name@" + strings.Repeat("t", maxTag), "Name@" + strings.Repeat("t", maxTag), Name}, {strings.Repeat("n", maxName), strings.Repeat("n", maxName), Name},

	// Git.
	{"git+http://127.0.0.1:9/r.git:Name", "git+http://127.0.0.1:9/r.git:Name", Git}, {"git+file:///C:/r.git@v1:Name", "git+file:///C:/r.git@v1:Name", Git},
	{"git+https://u:p@", "", None}, {"git+https:x", "", None}, {"git+https://h/x<y>.git", "", None}, {"git+https:///r.git", "", None}, {"git+http://u:p@h/r.git", "", None},
	{"git@gitlab.com:g/r.git", "gitlab.com/g/r", Repository}, {"git@github.com", "", None}, {"git+ssh://h/r.git", "", None},

	// URLs.
	{"https://h%2eexample/x", "", None}, {"https://h/%zz", "", None}, {"https://h/x.imjoy.html@", "", None}, {"https://h/x.imjoy.html@a/b", "", None},
}

func TestEdges(t *testing.T) {
	for _, test := range edges {
		a, err := Parse(test.text)
		switch {
		case test.kind == None:
			if err == nil {
				t.Errorf("%.60q is taken as %s", test.text, fields(a))
			}
		case err != nil:
			t.Errorf("%.60q: %v", test.text, err)
		case a.String() != test.want || a.Kind != test.kind:
			t.Errorf("%.60q is %q, a %s; want %q, a %s", test.text, a, a.Kind, test.want, test.kind)
		}
	}
}

// TestSlugsAreReadable: the part for people is the name in what files may be called.
func TestSlugsAreReadable(t *testing.T) {
	for name, want := range map[string]string{
		"3D Histogram": "3d-histogram-", "a_b.c": "a_b.c-", ".hidden..x": "hidden.-x-", "--a---b--": "a-b-", "Ärger 2": "rger-2-", "名前": "", "a. .b": "a.-.b-",
		strings.Repeat("long ", 20): strings.Repeat("long-", 8),
	} {
		if got := Slug(name); len(got) != len(want)+32 || !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s and a hash", name, got, want)
		}
	}
}

func TestSecretsInParameters(t *testing.T) {
	for text, want := range map[string]string{
		"https://h/?token=&a=1": "https://h/?token=&a=1", "https://h/?%74oken=x": "https://h/?%74oken=***", "https://h/?%zztoken=x&key=y": "https://h/?%zztoken=x&key=***",
		"https://h/#access_token=x": "https://h/#access_token=***", "https://h/?a=1;sig=x": "https://h/?a=1;sig=***",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

func TestLocal(t *testing.T) {
	for text, want := range map[string]bool{
		"./x": true, "git+file:///srv/r.git": true, "git+https://h/r.git": false, "https://h/x.imjoy.html": false, "o/r:Name": false, "Name": false, "lab:file": false,
	} {
		if a, err := Parse(text); err != nil || a.Local() != want {
			t.Errorf("%s: local %v, %v", text, a.Local(), err)
		}
	}
}

func TestAddressesAsText(t *testing.T) {
	var a Address
	if err := a.UnmarshalText([]byte("o/r:Name@T")); err != nil || a.String() != "o/r:Name@T" {
		t.Errorf("%s, %v", a, err)
	}
	if err := a.UnmarshalText([]byte("o/r:..")); err == nil {
		t.Error("what is no address is read")
	}
	if err := a.UnmarshalText(nil); err != nil || !a.IsZero() {
		t.Errorf("nothing is %s, %v", a, err)
	}
	full := strings.Repeat("0123456789", 4)
	for ref, want := range map[string]bool{full: true, full[1:]: false, full[1:] + "x": false, "main": false} {
		if (Address{Ref: ref}).Pinned() != want {
			t.Errorf("%s: pinned %v", ref, !want)
		}
	}
	odd, _ := Parse("https://h/x.imjoy.html")
	gitlab, _ := Parse("gitlab.com/g/r@v1:Name")
	for got, want := range map[string]string{
		odd.RawURL("", "x"): "", odd.CommitURL(): "", odd.GistURL(): "", gitlab.RawURL("", "/a/x"): "https://gitlab.com/g/r/-/raw/v1/a/x",
		gitlab.RawURL("", "a/../x"): "", gitlab.RawURL("", "./x"): "", gitlab.CommitURL(): "https://gitlab.com/api/v4/projects/g%2Fr/repository/commits/v1",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
