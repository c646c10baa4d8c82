package address

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

// accepted pairs a text with what it means and how it is printed ("" = as given).
var accepted = []struct {
	text  string
	want  Address
	print string
}{
	// Names.
	{"Image Window", Address{Kind: Name, Name: "Image Window"}, ""},
	{"CARE@Linux CPU", Address{Kind: Name, Name: "CARE", Tag: "Linux CPU"}, ""},
	{" CARE @ GPU ", Address{Kind: Name, Name: "CARE", Tag: "GPU"}, "CARE@GPU"},
	{"2D Histogram", Address{Kind: Name, Name: "2D Histogram"}, ""},
	{"細胞", Address{Kind: Name, Name: "細胞"}, ""},
	{"imagej.js", Address{Kind: Name, Name: "imagej.js"}, ""},

	// Repositories.
	{"oeway/ImJoy-Plugins:Tif File Importer", gh("oeway/ImJoy-Plugins", "", "Tif File Importer", ""), ""},
	{"imjoy-team/imagej.js:ImageJ.JS@stable", gh("imjoy-team/imagej.js", "", "ImageJ.JS", "stable"), ""},
	{"o/r@v1.2/x:Name@GPU", gh("o/r", "v1.2/x", "Name", "GPU"), ""},
	{"o/r@" + sha + ": Name ", gh("o/r", sha, "Name", ""), "o/r@" + sha + ":Name"},
	{"o/r.git:Name", gh("o/r", "", "Name", ""), "o/r:Name"},
	{"o/r", gh("o/r", "", "", ""), ""},
	{"github.com/o/r:Name", gh("o/r", "", "Name", ""), "o/r:Name"},
	{"gitlab.com/g/s/r@main:Name@T", Address{Kind: Repository, Host: GitLab, Repo: "g/s/r", Ref: "main", Name: "Name", Tag: "T"}, ""},
	{"o/r:collection/Imaging", Address{Kind: Repository, Host: GitHub, Repo: "o/r", Collection: "Imaging"}, ""},
	{"lab:Name@GPU", Address{Kind: Repository, Alias: "lab", Name: "Name", Tag: "GPU"}, ""},
	{"lab@v2:Name", Address{Kind: Repository, Alias: "lab", Ref: "v2", Name: "Name"}, ""},
	{"git@github.com:o/r.git", gh("o/r", "", "", ""), "o/r"},

	// Links to known hosts.
	{"https://github.com/o/r", gh("o/r", "", "", ""), "o/r"},
	{"https://github.com/o/r.git", gh("o/r", "", "", ""), "o/r"},
	{"https://www.github.com/o/r/tree/dev/x", gh("o/r", "dev/x", "", ""), "o/r@dev/x"},
	{"https://github.com/o/r/blob/main/a/x.imjoy.html@GPU", file("o/r", "main", "a/x.imjoy.html", "GPU"), ""},
	{"https://github.com/o/r/raw/main/x.imjoy.html", file("o/r", "main", "x.imjoy.html", ""), "https://github.com/o/r/blob/main/x.imjoy.html"},
	{"http://github.com/o/r/blob/main/x.imjoy.html", file("o/r", "main", "x.imjoy.html", ""), "https://github.com/o/r/blob/main/x.imjoy.html"},
	{"github.com/o/r/blob/main/3D%20x.imjoy.html", file("o/r", "main", "3D x.imjoy.html", ""), "https://github.com/o/r/blob/main/3D%20x.imjoy.html"},
	{"https://raw.githubusercontent.com/o/r/refs/heads/main/x.imjoy.html", file("o/r", "main", "x.imjoy.html", ""), "https://github.com/o/r/blob/main/x.imjoy.html"},
	{"https://raw.githubusercontent.com/o/r/HEAD/x.imjoy.html", file("o/r", "", "x.imjoy.html", ""), "https://github.com/o/r/blob/HEAD/x.imjoy.html"},
	{"https://gist.github.com/oeway/ff9b45bd65b499cb5677713c190c66ba@CPU", Address{Kind: Gist, Repo: "oeway", ID: "ff9b45bd65b499cb5677713c190c66ba", Tag: "CPU"}, ""},
	{"https://gist.github.com/ff9b45bd65b499cb5677713c190c66ba", Address{Kind: Gist, ID: "ff9b45bd65b499cb5677713c190c66ba"}, ""},
	{"https://gitlab.com/g/s/r/-/blob/main/x.imjoy.html@T", Address{Kind: Repository, Host: GitLab, Repo: "g/s/r", Ref: "main", File: "x.imjoy.html", Tag: "T"}, ""},
	{"https://gitlab.com/g/r/-/tree/dev", Address{Kind: Repository, Host: GitLab, Repo: "g/r", Ref: "dev"}, "gitlab.com/g/r@dev"},

	// Other URLs.
	{"https://gist.githubusercontent.com/o/f/raw/x.imjoy.html@A B", link("https://gist.githubusercontent.com/o/f/raw/x.imjoy.html", "A B"), ""},
	{"https://h/x.imjoy.html@A%20B", link("https://h/x.imjoy.html", "A B"), "https://h/x.imjoy.html@A B"},
	{"https://www.dropbox.com/s/k/x.imjoy.html?dl=1@GPU", link("https://www.dropbox.com/s/k/x.imjoy.html?dl=1", "GPU"), ""},
	{"https://www.dropbox.com/s/k/x.imjoy.html@GPU?dl=1", link("https://www.dropbox.com/s/k/x.imjoy.html?dl=1", "GPU"), "https://www.dropbox.com/s/k/x.imjoy.html?dl=1@GPU"},
	{"HTTPS://Host.Example/X.imjoy.html", link("https://host.example/X.imjoy.html", ""), "https://host.example/X.imjoy.html"},
	{"https://unpkg.com/p@1.2.3/x.imjoy.html", link("https://unpkg.com/p@1.2.3/x.imjoy.html", ""), ""},
	{"https://lib.example/app@2", link("https://lib.example/app@2", ""), ""},
	{"http://127.0.0.1:9000/x.imjoy.html", link("http://127.0.0.1:9000/x.imjoy.html", ""), ""},
	{"git+https://git.example/a/r.git@v1:My Plugin@T", Address{Kind: Git, URL: "https://git.example/a/r.git", Ref: "v1", Name: "My Plugin", Tag: "T"}, ""},
	{"git+https://git.example:8443/a/r.git", Address{Kind: Git, URL: "https://git.example:8443/a/r.git"}, ""},
	{"git+file:///srv/r.git:Name", Address{Kind: Git, URL: "file:///srv/r.git", Name: "Name"}, ""},

	// Somebody else's host that looks like a known one.
	{"https://evil.example/github.com/x/blob/main/x.imjoy.html", link("https://evil.example/github.com/x/blob/main/x.imjoy.html", ""), ""},
	{"https://github.com.evil.example/o/r/blob/main/x.imjoy.html", link("https://github.com.evil.example/o/r/blob/main/x.imjoy.html", ""), ""},
	{"https://evilgithub.com/o/r/blob/main/x.imjoy.html", link("https://evilgithub.com/o/r/blob/main/x.imjoy.html", ""), ""},
	{"https://github.com:8080/o/r/blob/main/x.imjoy.html", link("https://github.com:8080/o/r/blob/main/x.imjoy.html", ""), ""},
	{"https://evil.example/?github.com/o/r/blob/x.imjoy.html", link("https://evil.example/?github.com/o/r/blob/x.imjoy.html", ""), ""},
	{"https://raw.githubusercontent.com.evil.example/o/r/main/x.imjoy.html", link("https://raw.githubusercontent.com.evil.example/o/r/main/x.imjoy.html", ""), ""},

	// Paths.
	{"./x", Address{Kind: Path, Path: "./x"}, ""},
	{".", Address{Kind: Path, Path: "."}, ""},
	{"a/b.imjoy.html@Linux CPU", Address{Kind: Path, Path: "a/b.imjoy.html", Tag: "Linux CPU"}, ""},
	{"x.hypha.html", Address{Kind: Path, Path: "x.hypha.html"}, ""},
	{"/data/a@b/x.imjoy.html@T", Address{Kind: Path, Path: "/data/a@b/x.imjoy.html", Tag: "T"}, ""},
	{`C:\plugins\x.imjoy.html@T`, Address{Kind: Path, Path: `C:\plugins\x.imjoy.html`, Tag: "T"}, ""},
	{"C:/plugins/x", Address{Kind: Path, Path: "C:/plugins/x"}, ""},
	{"file:///a/x%20y.imjoy.html@T", Address{Kind: Path, Path: "/a/x y.imjoy.html", Tag: "T"}, "/a/x y.imjoy.html@T"},
	{"file:///C:/a/x.imjoy.html", Address{Kind: Path, Path: "C:/a/x.imjoy.html"}, "C:/a/x.imjoy.html"},
	{"file://localhost/a/x.imjoy.html", Address{Kind: Path, Path: "/a/x.imjoy.html"}, "/a/x.imjoy.html"},
}

func gh(repo, ref, name, tag string) Address {
	return Address{Kind: Repository, Host: GitHub, Repo: repo, Ref: ref, Name: name, Tag: tag}
}

func file(repo, ref, path, tag string) Address {
	return Address{Kind: Repository, Host: GitHub, Repo: repo, Ref: ref, File: path, Tag: tag}
}

func link(url, tag string) Address { return Address{Kind: URL, URL: url, Tag: tag} }

func TestParse(t *testing.T) {
	for _, test := range accepted {
		t.Run(test.text, func(t *testing.T) {
			got, err := Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Fatal(cmp.Diff(fields(test.want), fields(got)))
			}
			want := test.print
			if want == "" {
				want = test.text
			}
			if got.String() != want {
				t.Errorf("prints as %q, want %q", got, want)
			}
			again, err := Parse(got.String())
			if err != nil || again != got {
				t.Errorf("%q parses as %v, %v", got, fields(again), err)
			}
		})
	}
}

// fields shows an address without its String method.
func fields(a Address) string {
	type plain Address
	return strings.ReplaceAll(fmt.Sprintf("%+v", plain(a)), " ", "\n")
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ text, why string }{
		{"", "empty"},
		{"  ", "empty"},
		{"CARE@", `nothing follows the last "@"`},
		{"@GPU", "the name is missing"},
		{"a..b", `contains ".."`},
		{"o/r:..", `contains ".."`},
		{"o/r:a/b", `contains '/'`},
		{`o/r:a\b`, `contains '\\'`},
		{"o/r:Name:Other", `the name contains ":"`},
		{"o/r:Na@me@T", `contains '@'`},
		{"o/r@:Name@T@", `nothing follows`},
		{"o/../r:Name", "cannot be part"},
		{"o/r@a b:Name", "not a branch"},
		{"o/r@--upload-pack=x:Name", "not a branch"},
		{"o/r@a..b:Name", "not a branch"},
		{"a/b/c/d:Name", "that form"},
		{"-rf", `begins with "-"`},
		{"Na\x00me", "control character U+0000"},
		{"Na\x1b[31mme", "control character U+001B"},
		{"Na\u202eme", "invisible character U+202E"},
		{"Na\u200bme", "invisible character U+200B"},
		{"Na\u2066me", "invisible character U+2066"},
		{"Na\xffme", "not valid UTF-8"},
		{strings.Repeat("x", 201), "201 bytes"},
		{strings.Repeat("x", 5000), "too long"},
		{"Name@" + strings.Repeat("t", 129), "tag is too long"},
		{"Name@a/b", "tag"},
		{"a/b/c:Name", "that form"},
		{"ftp://h/x.imjoy.html", `scheme "ftp"`},
		{"javascript://h/x", `scheme "javascript"`},
		{"ssh://git@h/x", `scheme "ssh"`},
		{"https:///x.imjoy.html", "no host"},
		{"https://h/x<y>.imjoy.html", "character that URLs cannot have"},
		{`https://github.com\@evil.example/x`, "character that URLs cannot have"},
		{"http://user:pw@h/x.imjoy.html", "over plain http"},
		{"https://h/x.imjoy.html@a%00", "control character"},
		{"file://server/share/x.imjoy.html", `the machine "server"`},
		{"file:///a%00b.imjoy.html", "control character"},
		{"git+https://h", "no path"},
		{"git+file://server/x:Name", "cannot name a machine"},
		{"git@git.example:o/r", "over ssh"},
	} {
		a, err := Parse(test.text)
		if err == nil {
			t.Errorf("%q: accepted as %s", test.text, fields(a))
			continue
		}
		if !strings.Contains(err.Error(), test.why) {
			t.Errorf("%q: %v, want %q", test.text, err, test.why)
		}
	}
}

// TestOnlyExactHostsAreKnown holds links that a search for "github.com" takes for
// GitHub's. None may become a repository of a host that did not serve the link.
func TestOnlyExactHostsAreKnown(t *testing.T) {
	const tail = "/o/r/blob/main/x.imjoy.html"
	for _, host := range []string{
		"evil.example/github.com", "github.com.evil.example", "evilgithub.com", "github.com-evil.example", "github.comevil.example", "xgithub.com", "github.co", "github.com.", "api.github.com", "git.github.com",
		"github.com:8443", "github.com:80", "localhost/github.com", "127.0.0.1:9/github.com", "[::1]/github.com", "github.com%2eevil.example", "github。com", "gıthub.com", "githսb.com", "raw.githubusercontent.com.evil.example",
		"raw.githubusercontent.com:8080", "githubusercontent.com", "gist.github.com.evil.example", "gitlab.com.evil.example", "evil.example/?u=https://github.com", "evil.example/#https://github.com", "evil.example/..;/github.com", "user@github.com", "user:pw@github.com", "github.com@evil.example", "github.com:pw@evil.example", "github.com%40evil.example", "github.com%00.evil.example", "evil.example%2fgithub.com",
		"www.github.com.evil.example", "www.www.github.com", "m.github.com", "gitlab.example", "gitlab.com:1",
	} {
		a, err := Parse("https://" + host + tail)
		if err == nil && a.Kind != URL {
			t.Errorf("%s is taken for %s", host, fields(a))
		}
		if err == nil && !HasCredentials(a.URL) && !strings.Contains(a.String(), tail) {
			t.Errorf("%s becomes %s", host, a)
		}
	}
}

// TestHostileNamesAreRefused holds names that mean something to a file system, a
// terminal or a reader.
func TestHostileNamesAreRefused(t *testing.T) {
	for _, name := range []string{
		"..", ".", "../x", "../../etc/passwd", "x/..", "x/../y", "/etc/passwd", `..\x`, `x\y`, `C:\x`, "C:x", `\\server\share`, "x/y", "x//y", "x/", "a..b", "...",
		"a\x00b", "a\nb", "a\rb", "a\tb", "a\x1bb", "\x1b[31mred", "\x1b]0;title\x07", "a\x7fb", "a\u0085b", "a\u009bb", "a\u2028b", "a\u2029b",
		"a\u202ab", "a\u202bb", "a\u202cb", "a\u202db", "a\u202eb", "a\u2066b", "a\u2067b", "a\u2068b", "a\u2069b", "a\u200eb", "a\u200fb", "a\u061cb", "a\u200bb", "a\u200cb", "a\u2060b", "a\ufeffb", "a\u00adb", "a\u180eb", "a\u115fb", "a\u3164b", "a\uffa0b", "a\U000e0041b", "a\ue000b", "a\u034fb", "a\xffb", "a\xed\xa0\x80b", "a\ufffdb",
		"-rf", "--help", " a", "a ", "", " ", strings.Repeat("a", 300), "a:b", "a@b",
	} {
		if CheckName(name) == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
	for _, name := range []string{"CON", "nul", "a.", ".hidden", "3D Histogram", "Ärger", "名前", "👩‍🔬 lab", "a+b (2)", "it's", "50%", "C#", "a,b;c", "$HOME", "*"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAnExistingPathBeatsAName(t *testing.T) {
	exists := func(path string) bool {
		return path == "CARE" || path == "a/b" || path == "x@y.imjoy.html" || path == "lab:x"
	}
	for text, want := range map[string]Address{
		"CARE":           {Kind: Path, Path: "./CARE"},
		"CARE@GPU":       {Kind: Path, Path: "./CARE", Tag: "GPU"},
		"a/b":            {Kind: Path, Path: "./a/b"},
		"lab:x":          {Kind: Path, Path: "./lab:x"},
		"x@y.imjoy.html": {Kind: Path, Path: "./x@y.imjoy.html"},
		"Other@GPU":      {Kind: Name, Name: "Other", Tag: "GPU"},
	} {
		got, err := ParseWith(text, exists)
		if err != nil || got != want {
			t.Errorf("%q: got %s, %v", text, fields(got), err)
		}
	}
}

func TestCredentialsAreNeverPrinted(t *testing.T) {
	for _, text := range []string{
		"https://user:s3cret@h.example/x.imjoy.html@T",
		"https://s3cret@h.example/x.imjoy.html",
		"https://h.example/x.imjoy.html?a=1&access_token=s3cret",
		"https://h.example/x.imjoy.html?X-Amz-Signature=s3cret&b=2",
		"https://us@er:s3cret@h.example/x.imjoy.html",
		"git+https://user:s3cret@h.example/r.git:Name",
	} {
		a, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := json.Marshal(struct{ A Address }{a})
		for _, printed := range []string{a.String(), fmt.Sprintf("%v %+v %s", a, a, a), a.Origin(), string(data)} {
			if strings.Contains(printed, "s3cret") {
				t.Errorf("%q shows the secret in %q", text, printed)
			}
		}
		if !HasCredentials(a.URL) || HasCredentials(a.String()) {
			t.Errorf("%q: the secret was not recognised", text)
		}
		if !strings.Contains(a.URL, "s3cret") {
			t.Errorf("%q: the URL to fetch lost its credentials", text)
		}
	}
	if _, err := Parse("https://user:s3cret@h<>/x"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error shows the secret: %v", err)
	}
	token := "ghp_" + strings.Repeat("a1", 18)
	if got := Redact("clone " + token + " failed"); got != "clone *** failed" {
		t.Errorf("got %q", got)
	}
	for _, harmless := range []string{"https://h/x?q=token&v=1", "https://unpkg.com/p@1.2/x.js", "a@b", "keyboard=1"} {
		if got := Redact(harmless); got != harmless {
			t.Errorf("%q became %q", harmless, got)
		}
	}
}

func TestFetchURLs(t *testing.T) {
	a, _ := Parse("o/r@v1:Name")
	gl, _ := Parse("gitlab.com/g/s/r:Name")
	gist, _ := Parse("https://gist.github.com/o/ff9b45bd65b499cb5677713c190c66ba")
	for got, want := range map[string]string{
		a.ManifestURL(""):           "https://raw.githubusercontent.com/o/r/v1/manifest.imjoy.json",
		a.ManifestURL(sha):          "https://raw.githubusercontent.com/o/r/" + sha + "/manifest.imjoy.json",
		a.RawURL("", "a b/3D.html"): "https://raw.githubusercontent.com/o/r/v1/a%20b/3D.html",
		a.CommitURL():               "https://api.github.com/repos/o/r/commits/v1",
		a.RawURL("", "../x"):        "",
		gl.ManifestURL(""):          "https://gitlab.com/g/s/r/-/raw/HEAD/manifest.imjoy.json",
		gl.CommitURL():              "https://gitlab.com/api/v4/projects/g%2Fs%2Fr/repository/commits/HEAD",
		gist.GistURL():              "https://api.github.com/gists/ff9b45bd65b499cb5677713c190c66ba",
		gist.ManifestURL(""):        "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if !a.WithRef(sha).Pinned() || a.Pinned() {
		t.Error("only a full commit id is pinned")
	}
	if got := a.WithTag("T").WithRef(sha).Origin(); got != "o/r:Name" {
		t.Errorf("origin is %q", got)
	}
}

func TestSlugNeverLeavesItsFolderAndNeverCollides(t *testing.T) {
	names := []string{"CARE", "care", "Care", "..", "../x", "a/b", `a\b`, "CON", "con", "x.", "x", " x", "-rf", "細胞", "細胞核", "", "\x00", "a\u202eb", "é", "e\u0301", strings.Repeat("long ", 60), "Tif File Importer"}
	seen := map[string]string{}
	for _, name := range names {
		slug := Slug(name)
		if strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" || len(slug) > 80 || len(slug) < 32 || strings.HasPrefix(slug, ".") || strings.HasPrefix(slug, "-") || strings.Contains(slug, "..") || strings.HasSuffix(slug, ".") {
			t.Errorf("%q has the slug %q", name, slug)
		}
		if other, ok := seen[slug]; ok {
			t.Errorf("%q and %q share %q", name, other, slug)
		}
		seen[slug] = name
	}
	if got := Slug("Tif File Importer"); !strings.HasPrefix(got, "tif-file-importer-") {
		t.Errorf("got %q", got)
	}
}

func TestExternal(t *testing.T) {
	for text, want := range map[string]bool{
		"https://h/x.imjoy.html?dl=1": false, "https://h/app": true, "https://h/x.imjoy.html.zip": true, "o/r:Name": false,
	} {
		if a, err := Parse(text); err != nil || a.External() != want {
			t.Errorf("%q: external %v, %v", text, a.External(), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, test := range accepted {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		if err != nil {
			return
		}
		if a.IsZero() {
			t.Fatalf("%q: neither address nor error", text)
		}
		printed := a.String()
		if checkText("", printed) != nil {
			t.Fatalf("%q prints as %q", text, printed)
		}
		if HasCredentials(text) || HasCredentials(a.URL) {
			return
		}
		again, err := Parse(printed)
		if err != nil || again != a {
			t.Fatalf("%q is %s but prints as %q, which is %s, %v", text, fields(a), printed, fields(again), err)
		}
		if strings.Contains(a.Name, "/") || strings.Contains(a.Name, "..") {
			t.Fatalf("%q has the name %q", text, a.Name)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("imjoy-team/imjoy-plugins@v1:Tif File Importer@GPU"); err != nil {
			b.Fatal(err)
		}
	}
}
