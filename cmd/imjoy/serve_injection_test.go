package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// injections are texts that would become markup or scripts where a page takes them for
// more than text. Each sets window.won when it runs.
var injections = []string{
	`<script>window.won=1</script>`, `<img src=x onerror=window.won=1>`, `<svg onload=window.won=1>`, `"><img src=x onerror=window.won=1>`,
	`'><svg/onload=window.won=1>`, `</title><script>window.won=1</script>`, `</textarea><img src=x onerror=window.won=1>`, `</style><svg onload=window.won=1>`,
	`<iframe srcdoc="<script>parent.won=1</script>">`, `" autofocus onfocus="window.won=1`, `javascript:window.won=1`, `<a href="javascript:window.won=1">x</a>`,
	`<math><mtext><img src=x onerror=window.won=1></mtext></math>`, `<details open ontoggle=window.won=1>x</details>`,
}

// TestTextOfPluginsIsTextInThePage puts each of them where a plugin's text reaches the
// page: the list, the form, and everything that it says while it runs.
func TestTextOfPluginsIsTextInThePage(t *testing.T) {
	files := map[string]string{}
	for i, text := range injections {
		config, _ := json.Marshal(map[string]any{
			"name": fmt.Sprintf("P%02d", i), "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8",
			"description": text, "icon": text, "labels": []string{text}, "tags": []string{"a", text}, "flags": []string{text},
		})
		quoted, _ := json.Marshal(text)
		said := strings.ReplaceAll(string(quoted), "</", `<\/`)
		files[fmt.Sprintf("p%02d.imjoy.html", i)] = "<config lang=\"json\">\n" + strings.ReplaceAll(string(config), "</", `<\/`) + "\n</config>\n" + `<script lang="javascript">
const text = ` + said + `;
api.export({setup() {}, async run() {
  api.showMessage(text); api.showStatus(text); api.log(text); api.error(text);
  await api.alert(text);
  return {text, [text]: text, list: [{[text]: text}], deep: {a: [text, 1]}, long: text.repeat(40)};
}});
</script>
`
	}
	tab := browse(t, serve(t, servedFolder(t, files), "."))
	const clean = `!window.won && !document.querySelector("body script, body [onerror], body [onload], body [onfocus], body [ontoggle], body iframe, body math, body a[href^='javascript:']")`
	until(t, tab, fmt.Sprintf(`document.querySelectorAll(".item").length === %d`, len(injections)))
	for i, text := range injections {
		openPlugin(t, tab, fmt.Sprintf("P%02d", i))
		do(t, tab, press)
		quoted, _ := json.Marshal(text)
		until(t, tab, `document.querySelector("dialog.ask")?.textContent.includes(`+string(quoted)+`)`)
		if ok, err := tab.Evaluate(t.Context(), clean); err != nil || string(ok) != "true" {
			t.Errorf("%s became markup while it ran: %s, %v", text, ok, err)
		}
		do(t, tab, `document.querySelector("dialog.ask button.main").click()`)
		until(t, tab, `!document.querySelector(".working") && document.querySelector(".run .tree")?.textContent.includes(`+string(quoted)+`)`)
		if ok, err := tab.Evaluate(t.Context(), clean); err != nil || string(ok) != "true" {
			t.Errorf("%s became markup in a result: %s, %v", text, ok, err)
		}
		do(t, tab, `document.querySelector(".run button[aria-label='Remove this result']").click()`)
	}

	// The check sees markup when there is some.
	do(t, tab, `document.body.append(document.createRange().createContextualFragment("<img src=x onerror=window.won=1>"))`)
	if ok, err := tab.Evaluate(t.Context(), clean); err != nil || string(ok) != "false" {
		t.Errorf("markup is not seen: %s, %v", ok, err)
	}
}
