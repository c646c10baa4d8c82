package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/chromium"
)

// Windows without a cover get a picture of themselves; what fails is told; the second
// time nothing is opened.
func TestDocsCovers(t *testing.T) {
	needsLong(t)
	if testing.Short() {
		t.Skip("-short is set: starting a browser takes seconds")
	}
	if _, err := chromium.Find(); err != nil {
		t.Skipf("%v: this test drives one", err)
	}
	window := func(name, more, body string) string {
		return `<config lang="json">{"name": "` + name + `", "type": "window", "version": "0.1.0", "api_version": "0.1.8", "description": "d"` + more + `}</config>
<window><div id="box" style="width: 90px; height: 90px"></div></window>
<script lang="javascript">api.export({setup() {` + body + `}, run() { document.getElementById("box").style.background = "rgb(200, 0, 0)" }})</script>
`
	}
	dir := servedFolder(t, map[string]string{
		"drawn.imjoy.html":   window("Drawn", "", ""),
		"broken.imjoy.html":  window("Broken", "", "throw new Error('no light')"),
		"covered.imjoy.html": window("Covered", `, "cover": "https://example.org/cover.png"`, ""),
	})
	home, path := t.TempDir(), os.Getenv("PATH")
	build := func() (string, int) {
		var talk bytes.Buffer
		a := &app.App{Stdin: strings.NewReader(""), Stdout: &talk, Stderr: &talk, Dir: dir, Now: time.Now, Env: func(name string) string {
			return map[string]string{"IMJOY_HOME": home, "HOME": home, "PATH": path}[name]
		}}
		code := run(t.Context(), a, []string{"docs", "build", ".", "-o", "site", "--covers"})
		return talk.String(), code
	}
	said, code := build()
	if code != exitFine || !strings.Contains(said, "no picture of broken.imjoy.html") || !strings.Contains(said, "no light") || strings.Contains(said, "covered.imjoy.html") {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	pictures, _ := filepath.Glob(filepath.Join(dir, "site", "assets", "images", "*.png"))
	if len(pictures) != 1 {
		t.Fatalf("the site has the pictures %v", pictures)
	}
	text, err := os.ReadFile(pictures[0])
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := picture.At(20, 40).RGBA(); r>>8 != 200 || g != 0 || b != 0 {
		t.Errorf("the picture has %d %d %d where the box is", r>>8, g>>8, b>>8)
	}
	name := filepath.Base(pictures[0])
	for page, want := range map[string]string{"index.html": `src="assets/images/` + name, "plugins/drawn.html": `src="../assets/images/` + name} {
		if html, err := os.ReadFile(filepath.Join(dir, "site", filepath.FromSlash(page))); err != nil || !strings.Contains(string(html), want) {
			t.Errorf("%s does not show it (%v)", page, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "broken.imjoy.html")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir()) // no Chromium any more
	if said, code := build(); code != exitFine || strings.Contains(said, "note:") {
		t.Errorf("the second time: exit code %d:\n%s", code, said)
	}
}
