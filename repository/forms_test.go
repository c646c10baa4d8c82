package repository

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// TestEveryFormOfAddress installs one plugin by each form in which people write where
// it is.
func TestEveryFormOfAddress(t *testing.T) {
	w := newWorld(t)
	text := plugin("Main", `"tags": ["CPU", "GPU"]`)
	files := map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": text}
	id := w.commit("lab/my.plugins", "v1.2", files)
	w.commit("lab/my.plugins", "main", files)
	w.commits["lab/my.plugins@HEAD"], w.commits["lab/my.plugins@main"], w.commits["lab/my.plugins@feature/x"] = id, id, id
	w.files["/plain/x/Main.imjoy.html"] = text
	w.files["/plain/x/manifest.imjoy.json"] = manifestOfNames("Main")
	const gitlab = "89abcdef0123456789abcdef0123456789abcdef"
	w.files["/gitlab/lab/deep/plugins/-/raw/"+gitlab+"/Main.imjoy.html"] = text
	w.files["/gitlab/lab/deep/plugins/-/raw/"+gitlab+"/manifest.imjoy.json"] = files["manifest.imjoy.json"]
	for _, ref := range []string{"HEAD", "main"} {
		w.handlers["/gitlab/api/v4/projects/lab/deep/plugins/repository/commits/"+ref] = func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(rw, `{"id": %q}`, gitlab)
		}
	}
	const gist = "0123456789abcdef"
	w.handlers["/api/gists/"+gist] = func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(rw, `{"files": {"Main.imjoy.html": {"raw_url": "https://gist.githubusercontent.com/me/%s/raw/%s/Main.imjoy.html"}}, "history": [{"version": %q}]}`, gist, id, id)
	}
	w.files["/gist/me/"+gist+"/raw/"+id+"/Main.imjoy.html"] = text
	w.file("here/Main.imjoy.html", text)
	mirrors, err := fetch.ParseMirrors("https://raw.githubusercontent.com=" + w.server.URL + "/raw,https://api.github.com=" + w.server.URL + "/api," +
		"https://plain.example=" + w.server.URL + "/plain,https://gist.githubusercontent.com=" + w.server.URL + "/gist,https://gitlab.com=" + w.server.URL + "/gitlab")
	if err != nil {
		t.Fatal(err)
	}
	c := w.Repository.c
	c.Fetch = fetch.New(fetch.Options{Mirrors: mirrors})
	count := 0
	for _, test := range []struct{ text, commit, tag string }{
		{"lab/my.plugins:Main", id, "CPU"},
		{"lab/my.plugins:Main@GPU", id, "GPU"},
		{"lab/my.plugins@v1.2:Main@GPU", id, "GPU"},
		{"lab/my.plugins@feature/x:Main", id, "CPU"},
		{"lab/my.plugins@" + id + ":Main", id, "CPU"},
		{"lab/my.plugins", id, "CPU"},
		{"github.com/lab/my.plugins:Main", id, "CPU"},
		{"git@github.com:lab/my.plugins.git", id, "CPU"},
		{"https://github.com/lab/my.plugins", id, "CPU"},
		{"https://github.com/lab/my.plugins.git", id, "CPU"},
		{"https://github.com/lab/my.plugins/tree/v1.2", id, "CPU"},
		{"https://github.com/lab/my.plugins/blob/main/Main.imjoy.html", id, "CPU"},
		{"https://github.com/lab/my.plugins/blob/main/Main.imjoy.html@GPU", id, "GPU"},
		{"https://github.com/lab/my.plugins/raw/main/Main.imjoy.html", id, "CPU"},
		{"https://raw.githubusercontent.com/lab/my.plugins/main/Main.imjoy.html@GPU", id, "GPU"},
		{"https://raw.githubusercontent.com/lab/my.plugins/refs/heads/main/Main.imjoy.html", id, "CPU"},
		{"https://raw.githubusercontent.com/lab/my.plugins/" + id + "/Main.imjoy.html", id, "CPU"},
		{"github.com/lab/my.plugins/blob/main/Main.imjoy.html", id, "CPU"},
		{"gitlab.com/lab/deep/plugins:Main", gitlab, "CPU"},
		{"gitlab.com/lab/deep/plugins@main:Main@GPU", gitlab, "GPU"},
		{"https://gitlab.com/lab/deep/plugins/-/blob/main/Main.imjoy.html@GPU", gitlab, "GPU"},
		{"https://gitlab.com/lab/deep/plugins/-/raw/main/Main.imjoy.html", gitlab, "CPU"},
		{"https://gitlab.com/lab/deep/plugins/-/tree/main", gitlab, "CPU"},
		{"https://gist.github.com/me/" + gist, id, "CPU"},
		{"https://gist.github.com/me/" + gist + "@GPU", id, "GPU"},
		{"https://gist.github.com/" + gist, id, "CPU"},
		{"https://plain.example/x/Main.imjoy.html", "", "CPU"},
		{"https://plain.example/x/Main.imjoy.html@GPU", "", "GPU"},
		{"https://plain.example/x/Main.imjoy.html?version=2", "", "CPU"},
		{"https://plain.example/x/Main.imjoy.html?version=2@GPU", "", "GPU"},
		{"https://plain.example/x/manifest.imjoy.json", "", "CPU"},
		{"./here/Main.imjoy.html", "", "CPU"},
		{"here/Main.imjoy.html@GPU", "", "GPU"},
		{"./here", "", "CPU"},
		{"file://" + w.dir + "/here/Main.imjoy.html@GPU", "", "GPU"},
	} {
		a, err := address.Parse(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		closure, err := New(c).Resolve(t.Context(), a, ResolveOptions{})
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		root := closure.Root
		if root.Name != "Main" || root.Commit != test.commit || root.Tag() != test.tag || test.commit != "" && !strings.Contains(root.URL, test.commit) {
			t.Errorf("%s: %s @%s at %q, %s", test.text, root.Name, root.Tag(), root.Commit, root.URL)
		}
		count++
	}
	t.Logf("%d forms", count)
	for _, path := range w.asked {
		if strings.HasPrefix(path, "/raw/") && !strings.Contains(path, id) || strings.Contains(path, "/-/raw/") && !strings.Contains(path, gitlab) {
			t.Errorf("asked for %s, which is not at a commit", path)
		}
	}
}
