package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// injections are texts that would become markup or scripts, or ask another host, where a
// page takes them for more than text.
var injections = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `<a href="javascript:alert(1)">x</a>`,
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `</title><script>alert(1)</script>`,
	`</textarea><script>alert(1)</script>`, `</style><svg onload=alert(1)>`, `</option></select><img src=x onerror=alert(1)>`,
	`<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
	`<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>`, `<math><mtext><img src=x onerror=alert(1)></mtext></math>`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>parent.alert(1)</script>">`, `<object data="javascript:alert(1)">`,
	`<embed src="https://evil.example/x.swf">`, `<a href="data:text/html,<script>alert(1)</script>">x</a>`, `[x](javascript:alert(1))`,
	`![x](https://evil.example/track.png)`, `<img src="//evil.example/track.png">`, `<img srcset="https://evil.example/t.png 1x" src="">`,
	`<meta http-equiv="refresh" content="0;url=https://evil.example">`, `<base href="https://evil.example/">`,
	`<link rel=stylesheet href="https://evil.example/x.css">`, `<style>@import "https://evil.example/x.css"</style>`,
	`<div style="background:url(https://evil.example/x)">x</div>`, `<form action="https://evil.example"><button>x</button></form>`,
	`<input autofocus onfocus=alert(1)>`, `" autofocus onfocus="alert(1)`, `<details open ontoggle=alert(1)>x</details>`,
	`<video src=x onerror=alert(1)>`, `<body onload=alert(1)>`, `<marquee onstart=alert(1)>x`, `<template><script>alert(1)</script></template>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<!--><script>alert(1)</script>-->`, `javascript:alert(1)`,
	`"; alert(1); //`, "${alert(1)}`+alert(1)+`{{alert(1)}}",
}

// places are where a plugin's text reaches the page, each with an expression that is true
// when the text is there. TEXT is the text, in(selector) whether an element has it.
var places = []struct{ name, there string }{
	{"version", `in(".panel h1 small")`},
	{"description in the list", `in(".item small")`},
	{"description in the form", `in(".panel .head p")`},
	{"icon", `document.querySelectorAll(".glyph").length > 0`},
	{"tag", `in(".panel select option")`},
	{"label of a field", `in(".panel .fields .field > span")`},
	{"option of a field", `in(".panel .fields option")`},
	{"default of a field", `[...document.querySelectorAll(".panel .fields input[type=text]")].some(i => i.value.includes(TEXT))`},
	{"prefix and suffix", `in(".panel .fields .input")`},
	{"description of an input", `in(".panel .fields small")`},
	{"message", `in("#toasts")`},
	{"status", `in(".bar")`},
	{"log", `in("#log li.info, #log li")`},
	{"error in the log", `in("#log li.error")`},
	{"title of a dialog", `in("dialog.ask h2")`},
	{"form of a dialog", `[...document.querySelectorAll("dialog.ask .fields input")].some(i => i.value.includes(TEXT))`},
	{"text of a dialog", `WAS.alert`},
	{"suggestion of a dialog", `WAS.prompt`},
	{"result: text", `in(".run .text-value")`},
	{"result: key", `in(".run .tree b")`},
	{"result: column of a table", `in(".run th")`},
	{"result: cell of a table", `in(".run td")`},
	{"result: name of a file", `in(".run figcaption")`},
	{"data that the page shows", `[...document.querySelectorAll(".run h2")].some(e => e.textContent.includes(TEXT))`},
	{"command of an earlier run", `in(".history code")`},
	{"error of a run", `in(".run.failed .fault")`},
}

// inject is a plugin that puts a text into all places.
func inject(name, text string) string {
	config, _ := json.Marshal(map[string]any{
		"name": name, "type": "web-worker", "version": text, "api_version": "0.1.8",
		"description": text, "icon": text, "labels": []string{text}, "tags": []string{"a", text}, "flags": []string{text},
		"ui": []any{
			map[string]any{text: map[string]any{"id": "s", "type": "string", "placeholder": text, "prefix": text, "suffix": text}},
			map[string]any{"c": map[string]any{"id": "c", "type": "choose", "options": []any{text, "b"}, "placeholder": "b"}},
			map[string]any{"fail": map[string]any{"id": "fail", "type": "number", "placeholder": 0}},
		},
		"inputs": map[string]any{"type": "object", "properties": map[string]any{"x": map[string]any{"type": "string", "title": text, "description": text}}, "required": []any{}},
	})
	quoted, _ := json.Marshal(text)
	said := strings.ReplaceAll(string(quoted), "</", `<\/`)
	return "<config lang=\"json\">\n" + strings.ReplaceAll(string(config), "</", `<\/`) + "\n</config>\n" + `<script lang="javascript">
const text = ` + said + `;
api.export({setup() {}, async run(ctx) {
  if (ctx.config.fail) throw new Error(text);
  api.showMessage(text, 30); api.showStatus(text); api.log(text); api.error(text);
  await api.alert(text);
  await api.prompt(text, text).catch(() => {});
  await api.showDialog({title: text, ui: [{[text]: {id: "d", type: "string", placeholder: text}}]}).catch(() => {});
  await api.createWindow({type: "imjoy/generic", name: text, data: {text}});
  return {text, [text]: text, list: [{[text]: text}, {[text]: "b"}], deep: {a: [text, 1]}, long: text.repeat(40), file: new File([text], text + ".txt", {type: "text/plain"})};
}});
</script>
`
}

// TestTextOfPluginsIsTextInThePage puts each text into each place: 42 × 26 pages, as many
// in one as a plugin has places. No script runs, nothing is asked of any host, and nothing
// becomes markup. The short form takes the first three texts.
func TestTextOfPluginsIsTextInThePage(t *testing.T) {
	texts := injections[:3]
	if long() {
		texts = injections
	}
	if len(injections) != 42 || len(places) != 26 {
		t.Fatalf("%d texts, %d places", len(injections), len(places))
	}
	files := map[string]string{}
	for i, text := range texts {
		files[fmt.Sprintf("p%02d.imjoy.html", i)] = inject(fmt.Sprintf("P%02d", i), text)
	}
	tab := browse(t, serve(t, servedFolder(t, files), "."))
	until(t, tab, fmt.Sprintf(`document.querySelectorAll(".item").length === %d`, len(texts)))
	do(t, tab, `window.alert = () => { window.won = 1 }; window.seen = {}; [...document.querySelectorAll(".top button")].find(b => b.innerText.startsWith("Log")).click()`)
	const clean = `!window.won && location.pathname === "/" && !document.querySelector("body script, body [onerror], body [onload], body [onfocus], body [ontoggle], body [onstart], body iframe, body math, body object, body embed, body base, body meta, body link, body style, body video, body marquee, body template, body a[href^='javascript:'], body a[href^='data:'], body img[src*=evil]") &&
		performance.getEntriesByType("resource").every(e => e.name.startsWith("blob:") || ["/app.js", "/app.css", "/icon.svg", "/ws"].includes(new URL(e.name).pathname))`
	check := func(text, when string) {
		t.Helper()
		if ok, err := tab.Evaluate(t.Context(), clean); err != nil || string(ok) != "true" {
			t.Errorf("%s %s: it became markup, or asked: %s, %v", text, when, ok, err)
		}
	}
	for i, text := range texts {
		quoted, _ := json.Marshal(text)
		// look notes the places where the text is now.
		look := func() {
			t.Helper()
			script := `(() => { const TEXT = ` + string(quoted) + `, WAS = window.was || {}, found = window.seen;
const squeeze = s => s.replace(/\s+/g, " "), want = squeeze(TEXT);
const within = s => [...document.querySelectorAll(s)].some(e => squeeze(e.textContent).includes(want));
`
			for _, p := range places {
				name, _ := json.Marshal(p.name)
				script += "try { if (" + strings.ReplaceAll(p.there, "in(", "within(") + ") found[" + string(name) + "] = true } catch (e) { }\n"
			}
			do(t, tab, script+"})()")
			check(text, "")
		}
		answer := func(kind, there string) {
			t.Helper()
			until(t, tab, `document.querySelector("dialog.ask") && (`+there+`)`)
			do(t, tab, `(window.was ||= {}).`+kind+` = true`)
			look()
			do(t, tab, `window.asked = document.querySelector("dialog.ask"); asked.querySelector("button.main").click()`)
			until(t, tab, `!asked.isConnected`)
		}
		do(t, tab, `window.seen = {}; window.was = {}`)
		openPlugin(t, tab, fmt.Sprintf("P%02d", i))
		look()
		do(t, tab, press)
		answer("alert", `document.querySelector("dialog.ask .said")?.textContent.includes(`+string(quoted)+`)`)
		answer("prompt", `document.querySelector("dialog.ask input[type=text]")?.value === `+string(quoted))
		answer("form", `document.querySelector("dialog.ask .fields")`)
		until(t, tab, `!document.querySelector(".working") && document.querySelector(".run .tree")?.textContent.includes(`+string(quoted)+`) && document.querySelector(".run figcaption")`)
		look()
		// A run that fails, with a setting that its command shows.
		do(t, tab, setField(".panel .fields input[type=number]", "1"))
		do(t, tab, setField(".panel .fields input[type=text]", text+" "+text))
		do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
		until(t, tab, `document.querySelector(".run.failed") && !document.querySelector(".working")`)
		until(t, tab, `document.querySelector(".history button")`)
		do(t, tab, `document.querySelector(".history button").click()`)
		until(t, tab, `document.querySelectorAll(".history code").length >= 2`)
		look()
		missed, err := tab.Evaluate(t.Context(), fmt.Sprintf(`%s.filter(p => !window.seen[p])`, placeNames()))
		if err != nil || string(missed) != "[]" {
			t.Errorf("%s did not reach %s, %v", text, missed, err)
		}
		do(t, tab, `for (const b of document.querySelectorAll(".run button[aria-label='Remove this result']")) b.click(); document.getElementById("toasts").replaceChildren(); [...document.querySelectorAll("#log button")].find(b => b.innerText === "Clear").click()`)
	}

	// The check sees markup when there is some.
	do(t, tab, `document.body.append(document.createRange().createContextualFragment("<img src=x onerror=alert(1)>"))`)
	if ok, err := tab.Evaluate(t.Context(), clean); err != nil || string(ok) != "false" {
		t.Errorf("markup is not seen: %s, %v", ok, err)
	}
}

func placeNames() string {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = p.name
	}
	text, _ := json.Marshal(names)
	return string(text)
}
