package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/axe"
	"github.com/imjoy-tools/imjoy/internal/chromium"
)

// looks are the sizes and colours in which people see the workspace.
var looks = []struct {
	name   string
	width  int
	height int
	dark   bool
}{
	{"wide-light", 1280, 900, false}, {"wide-dark", 1280, 900, true},
	{"narrow-light", 390, 844, false}, {"narrow-dark", 390, 844, true},
}

const press = `document.querySelector(".panel button.main").click()`

// TestWorkspaceIsAccessible lets axe look at the page in each of its states: the list, a
// form, an open dialog beside windows, results.
//
// With IMJOY_SCREENSHOTS set to a folder, it leaves there a picture of each.
func TestWorkspaceIsAccessible(t *testing.T) {
	needsLong(t)
	files := map[string]string{
		"results.imjoy.html": `<config lang="json">
{"name": "Results", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "description": "Answers with one of everything.",
 "ui": ["limit: {id: 'limit', type: 'number', min: 0, max: 9, placeholder: 4}", "kind: {id: 'kind', type: 'choose', options: ['mean', 'median'], placeholder: 'mean'}"]}
</config>
<script lang="javascript">
api.export({setup() {}, async run() {
  api.log("counting"); api.showMessage("It is done.");
  const pixels = new Uint8Array(4 * 16 * 16).map((_, i) => i);
  return {
    table: [{cell: "a", area: 12.5}, {cell: "b", area: 9}], series: new Float32Array([1, 4, 2, 8]),
    stack: {_rtype: "ndarray", _rvalue: pixels.buffer, _rshape: [4, 16, 16], _rdtype: "uint8"},
    text: "plain ".repeat(60), nothing: null, deep: {a: {b: {c: [1, "x", true]}}},
  };
}});
</script>
`}
	for name, text := range servedPlugins {
		files[name] = text
	}
	tab := browse(t, serve(t, servedFolder(t, files), "."))
	until(t, tab, `document.querySelectorAll(".item").length === 4`)
	look(t, tab, "list")
	openPlugin(t, tab, "Results")
	look(t, tab, "form")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run .tree canvas, .run .tree img") && !document.querySelector(".working")`)
	look(t, tab, "result")
	openPlugin(t, tab, "Needs")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".lack") && !document.querySelector(".working")`)
	look(t, tab, "failure")
	openPlugin(t, tab, "Calc")
	do(t, tab, press)
	until(t, tab, `document.querySelector("dialog.ask")?.open && document.querySelectorAll(".window").length >= 2`)
	look(t, tab, "dialog")
	do(t, tab, `[...document.querySelectorAll("dialog.ask button")].find(b => !b.classList.contains("main")).click()`)
	until(t, tab, `!document.querySelector("dialog.ask") && !document.querySelector(".working")`)
	look(t, tab, "window")

	// The check sees what is wrong in this page, in spite of its policy.
	do(t, tab, `document.querySelector("main").append(Object.assign(new Image(), {src: "/icon.svg"}))`)
	if found, err := axe.Check(text(t, tab)); err != nil || len(found) == 0 || found[0].ID != "image-alt" {
		t.Errorf("an image without a text is not found: %v, %v", found, err)
	}
}

// text evaluates expressions that answer a text.
func text(t *testing.T, tab *chromium.Tab) func(string) (string, error) {
	return func(expression string) (text string, err error) {
		value, err := tab.Evaluate(t.Context(), expression)
		if err == nil {
			err = json.Unmarshal(value, &text)
		}
		return text, err
	}
}

// look checks one state of the page in every look.
func look(t *testing.T, tab *chromium.Tab, state string) {
	t.Helper()
	for _, l := range looks {
		where := fmt.Sprintf("%s, %s", state, l.name)
		if err := tab.Size(t.Context(), l.width, l.height, l.dark); err != nil {
			t.Fatal(err)
		}
		do(t, tab, "scrollTo(0, 0)")
		violations, err := axe.Check(text(t, tab))
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		for _, v := range violations {
			t.Errorf("%s: %v", where, v)
		}
		wide, err := tab.Evaluate(t.Context(), "document.documentElement.scrollWidth")
		if err != nil || string(wide) != strconv.Itoa(l.width) {
			t.Errorf("%s: the page is %s pixels wide, %v", where, wide, err)
		}
		if dir := os.Getenv("IMJOY_SCREENSHOTS"); dir != "" {
			picture, err := tab.Screenshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, state+"-"+l.name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
