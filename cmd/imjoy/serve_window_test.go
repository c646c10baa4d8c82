package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The windows of the test: one that tells what happened to it, and others with defaults.
func windowPlugin(name, extra, script string) string {
	return `<config lang="json">
{"name": "` + name + `", "type": "window", "version": "0.1.0", "api_version": "0.1.8"` + extra + `}
</config>
<window><div>x</div></window>
<script lang="javascript">
` + script + `
</script>
`
}

const tellsEvents = `const heard = [];
api.export({
  async setup() { for (const e of ["resize", "focus", "hide", "show", "close"]) await api.on(e, () => { heard.push(e); document.title = heard.join() }) },
  run(ctx) { this.n = (ctx.config && ctx.config.n) || 0 },
  heard: () => heard.join(" "),
  number() { return this.n },
  async exit() { await api.log("exit of " + this.n + " after " + heard.at(-1)) },
});`

// What createWindow and getWindow answer, where windows are by their defaults, and what
// they hear of themselves.
func TestWindowsDoWhatTheirApiSays(t *testing.T) {
	dir := servedFolder(t, map[string]string{
		"tells.imjoy.html": windowPlugin("Tells", `, "defaults": {"w": 10, "h": 6}`, tellsEvents),
		"full.imjoy.html":  windowPlugin("Full", `, "defaults": {"fullscreen": true}`, `api.export({setup() {}, run() {}})`),
		"alone.imjoy.html": windowPlugin("Alone", `, "defaults": {"standalone": true}`, `api.export({setup() {}, run() {}})`),
		"box.imjoy.html":   windowPlugin("Box", `, "defaults": {"as_dialog": true}`, `api.export({setup() {}, run() {}})`),
		"opener.imjoy.html": `<config lang="json">
{"name": "Opener", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
api.export({setup() {}, async run() {
  const first = await api.createWindow({type: "Tells", name: "One", config: {n: 1}});
  const second = await api.createWindow({type: "Tells", name: "Two", w: 4, h: 3, config: {n: 2}});
  const found = await api.getWindow("One");
  const none = await api.getWindow("Three");
  await first.on("close", () => api.log("the opener hears it"));
  await first.resize({w: 5, h: 4});
  await first.hide();
  await first.show();
  const out = {second: await second.number(), found: await found.number(), none: none === null};
  await second.close();
  for (const type of ["Full", "Alone", "Box"]) await api.createWindow({type, name: type});
  out.heard = await first.heard();
  return out;
}});
</script>
`})
	tab := browse(t, serve(t, dir, "."))
	openPlugin(t, tab, "Opener")
	do(t, tab, press)
	until(t, tab, `/second 2\s+found 1\s+none true\s+heard resize hide show/.test(document.querySelector(".run")?.innerText)`)
	const window = `[...document.querySelectorAll(".window")].find(w => w.querySelector("h2").textContent === "NAME")`
	named := func(name string) string { return strings.ReplaceAll(window, "NAME", name) }
	until(t, tab, `!`+named("Two"))
	until(t, tab, `(s => s.getPropertyValue("--w") === "5" && s.getPropertyValue("--h") === "120px")(`+named("One")+`.style)`)
	for name, is := range map[string]string{
		"Full":  `w.classList.contains("full") && w.getBoundingClientRect().width === innerWidth`,
		"Box":   `w.matches("dialog:modal") && w.querySelector("iframe").clientWidth < innerWidth - 20`,
		"Alone": `w.closest(".desk") && w.querySelector(".hint").innerText === "no tab: the browser blocks them here"`, // nobody has clicked
	} {
		until(t, tab, `(w => w.dataset.state === "ready" && `+is+`)(`+named(name)+`)`)
	}
	for _, name := range []string{"Full", "Alone", "Box"} {
		do(t, tab, named(name)+`.querySelector("button[aria-label=Close]").click()`)
		until(t, tab, `!`+named(name))
	}

	// Defaults count where the call says nothing; a click into a window is its focus.
	openPlugin(t, tab, "Tells")
	do(t, tab, press)
	until(t, tab, `(w => w && w.dataset.state === "ready" && w.style.getPropertyValue("--w") === "10" && w.style.getPropertyValue("--h") === "180px")(`+named("Tells")+`)`)
	do(t, tab, named("One")+`.querySelector("iframe").focus()`)
	until(t, tab, named("One")+`.classList.contains("front")`)
	do(t, tab, named("One")+`.querySelector("button[aria-label=Close]").click()`)
	until(t, tab, `!`+named("One"))

	// Its api is there until its exit has ended.
	do(t, tab, `[...document.querySelectorAll(".top button")].find(b => b.innerText.startsWith("Log")).click()`)
	until(t, tab, `/the opener hears it[^]*exit of 1 after close/.test(document.querySelector("#log").innerText)`)
}

// A standalone window is a tab of the browser. It runs there, says what is wrong there, and
// ends with its tab; one of a dialog is the dialog of the page, which Escape closes.
func TestWindowsOutsideOfTheDesk(t *testing.T) {
	needsLong(t)
	dir := servedFolder(t, map[string]string{
		"alone.imjoy.html": windowPlugin("Alone", `, "defaults": {"standalone": true}`, `api.export({setup() {}, run() { return innerWidth + " wide" }, exit() { api.log("goodbye") }})`),
		"wrong.imjoy.html": windowPlugin("Wrong", `, "defaults": {"standalone": true}`, `api.export({setup() { absent() }})`),
		"box.imjoy.html":   windowPlugin("Box", `, "defaults": {"as_dialog": true, "w": 12, "h": 8}`, `api.export({setup() {}, async run() { await api.showMessage("over it"); return innerWidth + " wide" }, exit() { return api.log("box ends") }})`),
	})
	tab := browse(t, serve(t, dir, "."), "--disable-popup-blocking") // it knows no clicks of nobody
	do(t, tab, `const open = window.open; window.open = (...a) => window.beside = open.apply(window, a)`)
	openPlugin(t, tab, "Alone")
	do(t, tab, press)
	const alone = `window.beside?.document.querySelector(".window.alone")`
	until(t, tab, alone+`?.dataset.state === "ready" && window.beside.document.title === "Alone" && !document.querySelector(".desk .window")`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes(window.beside.innerWidth + " wide")`)
	do(t, tab, `window.beside.close()`)
	until(t, tab, `window.beside.closed`)
	do(t, tab, press) // it is another window, not the one that is gone
	until(t, tab, alone+`?.dataset.state === "ready"`)

	openPlugin(t, tab, "Wrong")
	do(t, tab, press)
	until(t, tab, alone+`?.innerText.includes("absent is not defined") && `+alone+`.innerText.includes("wrong.imjoy.html:6:")`)
	until(t, tab, `document.querySelector(".run .code")?.innerText.includes("wrong.imjoy.html:6:23")`)

	openPlugin(t, tab, "Box")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("358 wide")`)
	until(t, tab, `document.querySelector("dialog.window:modal").dataset.state === "ready" && document.querySelector("#toasts").matches(":popover-open")`)
	do(t, tab, `document.querySelector("dialog.window").requestClose()`) // as Escape does
	until(t, tab, `!document.querySelector("dialog.window")`)
	do(t, tab, `[...document.querySelectorAll(".top button")].find(b => b.innerText.startsWith("Log")).click()`)
	until(t, tab, `/box ends/.test(document.querySelector("#log").innerText)`)
}

// A plugin's own page is never loaded, and a note says so.
func TestBaseFrameIsIgnored(t *testing.T) {
	needsLong(t)
	needsChromium(t)
	m := newMachine(t)
	m.write("own.imjoy.html", windowPlugin("Own", `, "base_frame": "https://frames.example.org/own.html"`, `api.export({setup() {}, run: () => location.hostname.endsWith(".localhost")})`))
	code, out, said := m.imjoy("run", "own.imjoy.html", "--headless", "--offline")
	if code != 0 || strings.TrimSpace(out) != "true" {
		t.Errorf("exit code %d: %s", code, out)
	}
	if !strings.Contains(said, `plugin "Own" wants its own page https://frames.example.org/own.html as base_frame; that is never loaded`) {
		t.Error(said)
	}
}

const asksMedia = `api.export({setup() {}, run() {
  return navigator.mediaDevices.getUserMedia(WHAT).then((s) => s.getTracks().map((t) => t.kind).join(), (e) => e.name);
}});`

// The camera is asked about before the frame is there, once for each content; without a
// yes the frame's policy has no camera.
func TestCameraIsAskedAbout(t *testing.T) {
	needsLong(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "eye.imjoy.html")
	text := windowPlugin("Eye", `, "permissions": ["camera"]`, strings.ReplaceAll(asksMedia, "WHAT", "{video: true}"))
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	tab := browse(t, serve(t, dir, "."), "--use-fake-device-for-media-stream")
	runs := 0
	run := func(answer, want string) {
		t.Helper()
		openPlugin(t, tab, "Eye")
		until(t, tab, `!document.querySelector(".panel button.main").disabled`)
		do(t, tab, press)
		if answer != "" {
			until(t, tab, `document.querySelector("dialog.ask")?.innerText.includes("use the camera")`)
			if frame, _ := tab.Evaluate(t.Context(), `[...document.querySelectorAll(".window[data-state=loading] iframe")].length`); string(frame) != "0" {
				t.Errorf("a frame is there before the answer: %s", frame)
			}
			do(t, tab, `[...document.querySelectorAll("dialog.ask button")].find(b => b.innerText === "`+answer+`").click()`)
		}
		runs++
		until(t, tab, `document.querySelectorAll(".run").length >= `+strconv.Itoa(runs)+` && !document.querySelector(".working") && document.querySelector(".run").innerText.includes("`+want+`")`)
		allowed := `[...document.querySelectorAll(".window iframe")].at(-1).allow.includes("camera")`
		if want == "NotAllowedError" {
			allowed = "!" + allowed
		}
		until(t, tab, allowed)
	}
	run("No", "NotAllowedError")
	run("This time", "video")
	run("Always", "video")
	run("", "video")
	write(strings.Replace(text, "0.1.0", "0.1.1", 1)) // another content: nothing holds
	until(t, tab, `document.querySelector(".panel h1").innerText.includes("0.1.1")`)
	run("Never", "NotAllowedError")
	run("", "NotAllowedError")
}

// Where nobody can be asked, flags decide. The frame's policy tells: this machine may have
// no microphone, which hides what a page may do with it.
func TestFlagsGrantAbilitiesOfBrowsers(t *testing.T) {
	needsLong(t)
	needsChromium(t)
	m := newMachine(t)
	m.write("ear.imjoy.html", windowPlugin("Ear", `, "permissions": ["microphone"]`, `api.export({setup() {}, run: () => document.featurePolicy.allowsFeature("microphone")});`))
	for want, flags := range map[string][]string{"false": nil, "true": {"--allow-microphone"}} {
		args := append([]string{"run", "ear.imjoy.html", "--headless", "--offline"}, flags...)
		if code, out, said := m.imjoy(args...); code != exitFine || strings.TrimSpace(out) != want {
			t.Errorf("%v: exit code %d: %s%s", flags, code, out, said)
		}
	}
}
