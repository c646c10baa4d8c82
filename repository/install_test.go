package repository

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/store"
)

func TestInstallFromGitHub(t *testing.T) {
	w := newWorld(t)
	other := w.commit("other/tools", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Tool"),
		"Tool.imjoy.html":     plugin("Tool"),
	})
	id := w.commit("lab/my.plugins", "v1", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Main", "Helper"),
		"Main.imjoy.html":     plugin("Main", `"tags": ["CPU", "GPU"]`, needs("Helper", "other/tools:Tool")),
		"Helper.imjoy.html":   plugin("Helper", needs("other/tools@main:Tool")),
	})
	result := w.mustInstall("lab/my.plugins@v1:Main@GPU")
	if diff := cmp.Diff([]string{"Tool", "Helper", "Main"}, pluginNames(result.Closure.Plugins)); diff != "" {
		t.Error(diff)
	}
	if len(result.Notes) > 0 {
		t.Errorf("notes: %q", result.Notes)
	}
	record, err := w.store.Record("Main")
	if err != nil {
		t.Fatal(err)
	}
	want := &store.Record{Name: "Main", Origin: "lab/my.plugins:Main", Requested: true, Version: store.Version{
		Address: "lab/my.plugins@v1:Main", Commit: id, URL: "https://raw.githubusercontent.com/lab/my.plugins/" + id + "/Main.imjoy.html",
		Tag: "GPU", Type: "web-worker", Number: "1.0.0", Description: "A test", Installed: w.now,
		Dependencies: []store.Pin{
			{Name: "Tool", Origin: "other/tools:Tool", Wanted: []string{"other/tools@main:Tool", "other/tools:Tool"},
				Address: "other/tools@main:Tool", Commit: other, URL: "https://raw.githubusercontent.com/other/tools/" + other + "/Tool.imjoy.html"},
			{Name: "Helper", Origin: "lab/my.plugins:Helper", Wanted: []string{"Helper"},
				Address: "lab/my.plugins@v1:Helper", Commit: id, URL: "https://raw.githubusercontent.com/lab/my.plugins/" + id + "/Helper.imjoy.html"},
		},
	}}
	if diff := cmp.Diff(want, record, cmpopts.IgnoreFields(store.Version{}, "SHA256", "Size", "Permissions"), cmpopts.IgnoreFields(store.Pin{}, "SHA256")); diff != "" {
		t.Error(diff)
	}
	if tool, err := w.store.Record("Tool"); err != nil || tool.Requested || tool.Commit != other {
		t.Errorf("%+v, %v", tool, err)
	}
	for _, path := range w.asked {
		if strings.HasPrefix(path, "/raw/") && !strings.Contains(path, id) && !strings.Contains(path, other) {
			t.Errorf("asked for %s, which is not at a commit", path)
		}
	}
	again := w.mustInstall("lab/my.plugins@v1:Main@GPU")
	for _, change := range again.Changes {
		if change.Status != Unchanged {
			t.Errorf("again: %s is %s", change.Plugin.Name, change.Status)
		}
	}
	if now, _ := w.store.Record("Main"); !cmp.Equal(now, record) {
		t.Errorf("installing the same again changed the record:\n%s", cmp.Diff(record, now))
	}
}

func TestRefThatMoves(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main")})
	first := w.mustInstall("lab/p:Main").Closure.Root
	second := w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main", `"icon": "new"`)})
	w.fresh()
	result := w.mustInstall("lab/p:Main")
	record, err := w.store.Record("Main")
	if err != nil || record.Commit != second || record.Previous == nil || record.Previous.SHA256 != first.SHA256 || result.Changes[0].Status != Upgraded {
		t.Errorf("%+v, %v, %v", record, result.Changes, err)
	}
	if _, err := w.store.Blob(first.SHA256); err != nil {
		t.Errorf("the version before: %v", err)
	}
}

func TestWithoutTheCommitsEndpoint(t *testing.T) {
	for _, branch := range []string{"HEAD", "main", "master"} {
		w := newWorld(t)
		w.files["/raw/lab/p/"+branch+"/manifest.imjoy.json"] = manifestOfNames("Main")
		w.files["/raw/lab/p/"+branch+"/Main.imjoy.html"] = plugin("Main")
		result := w.mustInstall("lab/p:Main")
		record, err := w.store.Record("Main")
		if err != nil || record.Commit != "" || record.URL != "https://raw.githubusercontent.com/lab/p/"+branch+"/Main.imjoy.html" {
			t.Errorf("%s: %+v, %v", branch, record, err)
		}
		if len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "content only") {
			t.Errorf("%s: nobody is told: %q", branch, result.Notes)
		}
	}
}

func TestManifestEntries(t *testing.T) {
	w := newWorld(t)
	id := w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": `{"name": "x", "uri_root": "https://raw.githubusercontent.com/lab/p/master/src", "plugins": [
			{"name": "Backslash", "type": "window", "uri": "win\\Backslash.imjoy.html"},
			{"name": "No Uri", "type": "window"},
			{"name": "Off", "type": "window", "disabled": true},
			{"name": "Blob", "type": "window", "uri": "https://github.com/lab/p/blob/master/b.imjoy.html"},
			{"name": "Elsewhere", "type": "window", "uri": "https://evil.example/x.imjoy.html"},
			{"name": "Metadata", "type": "window", "uri": "https://raw.githubusercontent.com@169.254.169.254/x.imjoy.html"},
			{"name": "Up", "type": "window", "uri": "../../../etc/passwd"},
			{"name": "File", "type": "window", "uri": "file:///etc/passwd"},
			{"name": "Missing", "type": "window"}
		]}`,
		"src/win/Backslash.imjoy.html": plugin("Backslash"),
		"src/No Uri.imjoy.html":        plugin("No Uri"),
		"src/Off.imjoy.html":           plugin("Off"),
		"b.imjoy.html":                 plugin("Blob"),
	})
	for _, name := range []string{"Backslash", "No Uri", "Blob"} {
		if _, err := w.install("lab/p:"+name, Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if record, err := w.store.Record(name); err != nil || record.Commit != id || record.Origin != "lab/p:"+name || !strings.Contains(record.URL, id) {
			t.Errorf("%s: %+v, %v", name, record, err)
		}
	}
	for _, name := range []string{"Elsewhere", "Metadata", "Up", "File"} {
		_, err := w.install("lab/p:"+name, Options{})
		var refused *RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var missing *NotFoundError
	if _, err := w.install("lab/p:Off", Options{}); !errors.As(err, &missing) {
		t.Errorf("disabled: %v", err)
	}
	if _, err := w.install("lab/p:No-Uri", Options{}); !errors.As(err, &missing) || missing.Suggestion != "No Uri" {
		t.Errorf("a name nearby: %v", err)
	}
	if _, err := w.install("lab/p:Missing", Options{}); fetch.KindOf(err) != fetch.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
	var choice *ChoiceError
	if _, err := w.install("lab/p", Options{}); !errors.As(err, &choice) || len(choice.Names) != 8 {
		t.Errorf("without a name: %v", err)
	}
}

func TestPluginOfAnotherRepository(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/list", "main", map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "Far", "type": "window", "uri": "https://raw.githubusercontent.com/far/away/dev/Far.imjoy.html"}]}`,
	})
	id := w.commit("far/away", "dev", map[string]string{"Far.imjoy.html": plugin("Far")})
	w.mustInstall("lab/list:Far")
	if record, err := w.store.Record("Far"); err != nil || record.Commit != id || record.Origin != "far/away:Far" {
		t.Errorf("%+v, %v", record, err)
	}
}

func TestLinkAndNameAreOneOrigin(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main")})
	w.mustInstall("lab/p:Main")
	for _, link := range []string{
		"https://github.com/lab/p/blob/main/Main.imjoy.html",
		"https://raw.githubusercontent.com/lab/p/main/Main.imjoy.html",
	} {
		if result := w.mustInstall(link); result.Changes[0].Status != Unchanged {
			t.Errorf("%s: %s", link, result.Changes[0].Status)
		}
	}
}

func TestInstallFromURLs(t *testing.T) {
	w := newWorld(t)
	w.files["/plain/a/Main.imjoy.html"] = plugin("Main", `"tags": ["A", "B"]`, needs("Beside Me"))
	w.files["/plain/a/Beside Me.imjoy.html"] = plugin("Beside Me")
	w.files["/plain/one/manifest.imjoy.json"] = `{"plugins": [{"name": "Only", "type": "window", "uri": "sub/only.imjoy.html"}]}`
	w.files["/plain/one/sub/only.imjoy.html"] = plugin("Only")
	w.files["/plain/odd"] = plugin("Odd")
	w.files["/plain/web"] = "<html><body>an application</body></html>"
	w.files["/api/gists/0123456789abcdef"] = `{"files": {"readme.md": {"raw_url": "https://gist.githubusercontent.com/me/0123456789abcdef/raw/1/readme.md"},
		"g.imjoy.html": {"raw_url": "https://gist.githubusercontent.com/me/0123456789abcdef/raw/2/g.imjoy.html"}}}`
	w.files["/gist/me/0123456789abcdef/raw/2/g.imjoy.html"] = plugin("Gist")
	w.files["/api/gists/0000000000000000"] = `{"files": {"g.imjoy.html": {"raw_url": "https://evil.example/g.imjoy.html"}}}`

	w.mustInstall("https://plain.example/a/Main.imjoy.html@B")
	w.mustInstall("https://plain.example/one/manifest.imjoy.json")
	w.mustInstall("https://plain.example/odd")
	w.mustInstall("https://gist.github.com/me/0123456789abcdef")
	if diff := cmp.Diff([]string{"Beside Me", "Gist", "Main", "Odd", "Only"}, w.names()); diff != "" {
		t.Error(diff)
	}
	record, err := w.store.Record("Main")
	if err != nil || record.Tag != "B" || record.Origin != "https://plain.example/a/Main.imjoy.html" || record.URL != record.Origin {
		t.Errorf("%+v, %v", record, err)
	}
	if _, err := w.install("https://plain.example/web", Options{}); err == nil {
		t.Error("a web page was installed")
	}
	var refused *RefusedError
	if _, err := w.install("https://gist.github.com/me/0000000000000000", Options{}); !errors.As(err, &refused) {
		t.Errorf("a gist that leads elsewhere: %v", err)
	}
}

func TestInstallFromFolders(t *testing.T) {
	w := newWorld(t)
	w.file("flat/main.imjoy.html", plugin("Main", needs("Helper", "./sub/third.imjoy.html")))
	w.file("flat/helper.imjoy.html", plugin("Helper"))
	w.file("flat/sub/third.imjoy.html", plugin("Third"))
	w.file("flat/.hidden/x.imjoy.html", plugin("Hidden"))
	w.file("listed/manifest.imjoy.json", `{"plugins": [{"name": "Listed", "type": "window", "uri": "a\\b.imjoy.html"}]}`)
	w.file("listed/a/b.imjoy.html", plugin("Listed"))
	w.file("listed/unlisted.imjoy.html", plugin("Unlisted"))
	single := w.file("single/s.imjoy.html", plugin("Single"))

	w.mustInstall("./flat/main.imjoy.html")
	if diff := cmp.Diff([]string{"Helper", "Main", "Third"}, w.names()); diff != "" {
		t.Error(diff)
	}
	w.mustInstall("./listed")
	w.mustInstall("file://" + filepath.ToSlash(single))
	w.mustInstall("./single")
	if diff := cmp.Diff([]string{"Helper", "Listed", "Main", "Single", "Third"}, w.names()); diff != "" {
		t.Error(diff)
	}
	list, err := w.Within(t.Context(), parse(t, "./flat"))
	if err != nil || len(list) != 3 {
		t.Errorf("all of a folder: %v, %v", list, err)
	}
	if record, err := w.store.Record("Single"); err != nil || record.Origin != single {
		t.Errorf("%+v, %v", record, err)
	}
	if _, err := w.install("./nowhere.imjoy.html", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestManifestOfTheCheckoutAbove(t *testing.T) {
	w := newWorld(t)
	w.file("repo/.git/HEAD", "ref: refs/heads/main")
	w.file("repo/manifest.imjoy.json", `{"uri_root": "https://raw.githubusercontent.com/lab/p/master", "plugins": [{"name": "Helper", "type": "window", "uri": "helpers/h.imjoy.html"}]}`)
	w.file("repo/helpers/h.imjoy.html", plugin("Helper"))
	w.file("repo/plugins/main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("loose/manifest.imjoy.json", manifestOfNames("Trap"))
	w.file("loose/Trap.imjoy.html", plugin("Trap"))
	w.file("loose/plugins/main.imjoy.html", plugin("Loose", needs("Trap")))
	w.mustInstall("./repo/plugins/main.imjoy.html")
	if len(w.asked) > 0 {
		t.Errorf("the network was asked for files at hand: %v", w.asked)
	}
	var missing *NotFoundError
	if _, err := w.install("./loose/plugins/main.imjoy.html", Options{}); !errors.As(err, &missing) {
		t.Errorf("a manifest above that belongs to no checkout: %v", err)
	}
}

func TestFolderDoesNotLeadOut(t *testing.T) {
	w := newWorld(t)
	secret := w.file("secret.imjoy.html", plugin("Secret"))
	w.file("repo/manifest.imjoy.json", `{"plugins": [{"name": "Up", "type": "window", "uri": "../secret.imjoy.html"}, {"name": "Abs", "type": "window", "uri": "`+filepath.ToSlash(secret)+`"},
		{"name": "Link", "type": "window", "uri": "link.imjoy.html"}, {"name": "Coded", "type": "window", "uri": "%2e%2e/secret.imjoy.html"}]}`)
	if err := os.Symlink(secret, filepath.Join(w.dir, "repo", "link.imjoy.html")); err != nil {
		t.Skipf("symbolic links are not available: %v", err)
	}
	for _, name := range []string{"Up", "Abs", "Link", "Coded"} {
		if l, err := (folder{w.Repository, filepath.Join(w.dir, "repo")}).find(t.Context(), name); err == nil {
			t.Errorf("%s led to %s", name, l.file)
		}
	}
}

func TestPluginFromElsewhereCannotNameFiles(t *testing.T) {
	w := newWorld(t)
	file := w.file("local.imjoy.html", plugin("Local"))
	for _, dependency := range []string{file, "./local.imjoy.html", "file://" + file, "../../local.imjoy.html"} {
		w.files["/plain/Main.imjoy.html"] = plugin("Main", needs(dependency))
		if _, err := w.install("https://plain.example/Main.imjoy.html", Options{}); err == nil {
			t.Errorf("%s was installed", dependency)
		}
	}
}

func TestConsent(t *testing.T) {
	w := newWorld(t)
	w.file("js.imjoy.html", plugin("JS"))
	var asked []Question
	o := Options{Consent: func(_ context.Context, q Question) error { asked = append(asked, q); return nil }}
	if _, err := w.install("./js.imjoy.html", o); err != nil || len(asked) != 0 {
		t.Errorf("a plugin that wants nothing: %v, %d questions", err, len(asked))
	}
	w.file("py.imjoy.html", python("Py", `"requirements": ["numpy"]`, needs("JS")))
	no := errors.New("no")
	if _, err := w.install("./py.imjoy.html", Options{Consent: func(context.Context, Question) error { return no }}); !errors.Is(err, no) {
		t.Error(err)
	}
	var nobody *ConsentError
	if _, err := w.Install(t.Context(), parse(t, "./py.imjoy.html"), Options{}); !errors.As(err, &nobody) {
		t.Error(err)
	}
	if names := w.names(); slices.Contains(names, "Py") {
		t.Error("installed against a no")
	}
	if _, err := w.install("./py.imjoy.html", o); err != nil || len(asked) != 1 || len(asked[0].Parts) != 1 || asked[0].Parts[0].Upgrade {
		t.Fatalf("%v, %+v", err, asked)
	}
	w.file("py.imjoy.html", python("Py", `"requirements": ["numpy"]`, `"icon": "x"`))
	if _, err := w.install("./py.imjoy.html", o); err != nil || len(asked) != 1 {
		t.Errorf("an upgrade that wants nothing new: %v, %d questions", err, len(asked))
	}
	w.file("py.imjoy.html", python("Py", `"requirements": ["numpy", "scipy"]`))
	if _, err := w.install("./py.imjoy.html", o); err != nil || len(asked) != 2 {
		t.Fatalf("an upgrade that wants more: %v, %d questions", err, len(asked))
	}
	part := asked[1].Parts[0]
	if !part.Upgrade || len(part.Sheet.Wants) != 0 || !cmp.Equal(part.Sheet.Packages, []string{"scipy"}) {
		t.Errorf("asked again for more than what is new: %+v", part)
	}
}

func TestTagWithoutAValueAsks(t *testing.T) {
	w := newWorld(t)
	w.file("m.imjoy.html", plugin("M", `"tags": ["A", "B"]`, `"icon": {"A": "x"}`))
	asked := 0
	o := Options{Tag: "B", Consent: func(_ context.Context, q Question) error { asked += len(q.Warnings); return nil }}
	if _, err := w.install("./m.imjoy.html", o); err != nil || asked != 1 {
		t.Errorf("%v, %d warnings", err, asked)
	}
}

func TestTagChoice(t *testing.T) {
	w := newWorld(t)
	w.file("m.imjoy.html", plugin("M", `"tags": ["A", "B", "C"]`))
	for _, step := range []struct{ address, flag, want string }{
		{"./m.imjoy.html", "", "A"},
		{"./m.imjoy.html@B", "", "B"},
		{"./m.imjoy.html", "", "B"}, // as installed
		{"./m.imjoy.html", "C", "C"},
		{"./m.imjoy.html@A", "A", "A"},
		{"./m.imjoy.html@A", "B", "two tags"},
		{"./m.imjoy.html@Z", "", "refused"},
	} {
		_, err := w.install(step.address, Options{Tag: step.flag})
		got := ""
		if err != nil {
			got = err.Error()
		} else if record, e := w.store.Record("M"); e == nil {
			got = record.Tag
		}
		if got != step.want && (err == nil || !strings.Contains(got, step.want)) {
			t.Errorf("%+v: %s", step, got)
		}
	}
}

func TestRefusedDocuments(t *testing.T) {
	w := newWorld(t)
	for name, text := range map[string]string{
		"unclosed":      strings.TrimSuffix(plugin("X"), "</script>\n"),
		"two configs":   plugin("X") + plugin("Y"),
		"NUL":           plugin("X") + "\x00",
		"invalid UTF-8": plugin("X") + "\xff",
		"duplicate key": strings.Replace(plugin("X"), `"type"`, `"type": "window", "type"`, 1),
		"not a plugin":  "hello",
		"empty":         "",
		"no name":       strings.Replace(plugin("X"), `"name": "X", `, "", 1),
		"no type":       strings.Replace(plugin("X"), `, "type": "web-worker"`, "", 1),
		"bad address":   plugin("X", needs("a/b/c/d:e")),
		"map of tags":   plugin("X", `"icon": {"A": "x"}`),
	} {
		w.file("x.imjoy.html", text)
		_, err := w.install("./x.imjoy.html", Options{})
		var document *DocumentError
		var bad *NameError
		if !errors.As(err, &document) && !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names := w.names(); len(names) > 0 {
		t.Errorf("installed: %q", names)
	}
}

func TestHostileNames(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{
		"..", ".", "../x", "/etc/passwd", `a\b`, "-rf", " x", "x ", "\x1b[31mred", "\u202egnp", "a\u200bb", "x\ny", "a\x07", strings.Repeat("n", 300), "\u2028",
	} {
		w.file("x.imjoy.html", plugin(name))
		_, err := w.install("./x.imjoy.html", Options{})
		if err == nil {
			t.Errorf("%q was installed", name)
		} else if strings.ContainsAny(err.Error(), "\x1b\u202e\x07\n") {
			t.Errorf("%q: the error carries it on: %q", name, err)
		}
	}
	for _, name := range []string{"CON", "a:b", "a@b", "é", "图像", "x.imjoy.html", "Name (1)", "emoji 🙂"} {
		w.file("x-"+address64(name)+".imjoy.html", plugin(name))
		if _, err := w.install("./x-"+address64(name)+".imjoy.html", Options{}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if p, err := w.Find(name); err != nil || p.Name != name {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func address64(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		b.WriteString(string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
	}
	return b.String()
}

func TestSameNameFromElsewhere(t *testing.T) {
	w := newWorld(t)
	w.file("a/x.imjoy.html", plugin("X"))
	w.file("b/x.imjoy.html", plugin("X", `"icon": "other"`))
	w.mustInstall("./a/x.imjoy.html")
	var conflict *ConflictError
	if _, err := w.install("./b/x.imjoy.html", Options{}); !errors.As(err, &conflict) {
		t.Errorf("%v", err)
	}
	w.file("c/y.imjoy.html", plugin("Y", needs("../b/x.imjoy.html")))
	if _, err := w.install("./c/y.imjoy.html", Options{}); !errors.As(err, &conflict) {
		t.Errorf("by a dependency: %v", err)
	}
	result, err := w.install("./b/x.imjoy.html", Options{Replace: true})
	if err != nil || result.Changes[0].Status != Replaced {
		t.Errorf("%+v, %v", result, err)
	}
	record, err := w.store.Record("X")
	if err != nil || filepath.Base(filepath.Dir(record.Origin)) != "b" || record.Previous != nil {
		t.Errorf("%+v, %v", record, err)
	}
}

// TestOthersAtWorkWhileAsking: between the question and the answer somebody else
// installs another plugin of the name.
func TestOthersAtWorkWhileAsking(t *testing.T) {
	w := newWorld(t)
	w.file("a/x.imjoy.html", python("X"))
	w.file("b/x.imjoy.html", plugin("X"))
	_, err := w.install("./a/x.imjoy.html", Options{Consent: func(context.Context, Question) error {
		w.mustInstall("./b/x.imjoy.html")
		return nil
	}})
	var conflict *ConflictError
	if !errors.As(err, &conflict) {
		t.Errorf("%v", err)
	}
}

func TestCheckSeesEveryPluginFirst(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("helper.imjoy.html", python("Helper"))
	var seen []string
	bad := errors.New("bad")
	_, err := w.install("./main.imjoy.html", Options{
		Check: func(_ context.Context, p *Plugin) error {
			seen = append(seen, p.Name)
			return map[bool]error{true: bad}[p.Name == "Main"]
		},
		Consent: func(context.Context, Question) error { t.Error("asked before the check"); return nil },
	})
	if !errors.Is(err, bad) || !cmp.Equal(seen, []string{"Helper", "Main"}) || len(w.names()) > 0 {
		t.Errorf("%v, %q, %q", err, seen, w.names())
	}
}

func TestDryRunKeepsNothing(t *testing.T) {
	w := newWorld(t)
	w.file("x.imjoy.html", plugin("X"))
	result, err := w.install("./x.imjoy.html", Options{DryRun: true})
	if err != nil || result.Changes[0].Status != Added {
		t.Errorf("%+v, %v", result, err)
	}
	if _, err := os.Stat(w.store.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the store was made")
	}
}

func TestCredentialsAreNowhere(t *testing.T) {
	w := newWorld(t)
	w.handlers["/plain/Main.imjoy.html"] = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "token=sesame" {
			http.NotFound(rw, r)
			return
		}
		rw.Write([]byte(plugin("Main")))
	}
	result := w.mustInstall("https://plain.example/Main.imjoy.html?token=sesame")
	_, err := w.install("https://plain.example/Other.imjoy.html?token=sesame", Options{})
	texts := []string{err.Error(), result.Closure.Root.URL, result.Closure.Root.Origin, result.Closure.Root.Document.Source.Name}
	filepath.WalkDir(w.store.Dir(), func(path string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			}
			texts = append(texts, string(text))
		}
		return nil
	})
	if len(texts) < 6 {
		t.Error("the store is empty, so nothing was tested")
	}
	for _, text := range texts {
		if strings.Contains(text, "sesame") {
			t.Errorf("the secret is in %s", text)
		}
	}
}

// TestGistOnAnotherHost: what the API answers leads to the host of gists, over https.
func TestGistOnAnotherHost(t *testing.T) {
	for raw, fine := range map[string]bool{
		"https://gist.githubusercontent.com/raw/x.imjoy.html":              true,
		"http://gist.githubusercontent.com/raw/x.imjoy.html":               false,
		"https://plain.example/raw/x.imjoy.html":                           false,
		"https://gist.githubusercontent.com.evil.example/raw/x.imjoy.html": false,
		"https://gist.githubusercontent.com:1/raw/x.imjoy.html":            false,
		"https://%zz/x.imjoy.html":                                         false,
		"file:///etc/passwd":                                               false,
	} {
		w := newWorld(t)
		w.files["/gist/raw/x.imjoy.html"] = plugin("X")
		w.files["/plain/raw/x.imjoy.html"] = plugin("X")
		w.files["/api/gists/ff9b45bd65b499cb5677713c190c66ba"] = `{"files": {"x.imjoy.html": {"filename": "x.imjoy.html", "raw_url": "` + raw + `"}}, "history": [{"version": "0123456789012345678901234567890123456789"}]}`
		_, err := w.install("https://gist.github.com/o/ff9b45bd65b499cb5677713c190c66ba", Options{Consent: agree})
		var refused *RefusedError
		if fine && err != nil || !fine && !errors.As(err, &refused) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
