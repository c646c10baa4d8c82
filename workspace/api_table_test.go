package workspace_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/disk"
)

var update = flag.Bool("update", false, "write docs/api.md anew")

// apiPage is what authors read about api; its table is what the test finds.
const apiPage = "../docs/api.md"

// apiRow is one name of ImJoy's api. js is called, in Python py or the same text where
// that is empty; both must give want, as JSON, or be rejected with a text that has refused
// in it.
type apiRow struct {
	name, does, js, py, want, refused string
}

var apiRows = []apiRow{
	{name: "alert", does: "a line on stderr", js: `api.alert('look')`, want: "null"},
	{name: "prompt", does: "asked on a terminal; `--answer prompt=TEXT`; without either the suggestion, or rejected", js: `api.prompt('Name?', 'Ada')`, want: `"Ada"`},
	{name: "confirm", does: "asked on a terminal; `--answer confirm=yes`; else false", js: `api.confirm('Sure?')`, want: "false"},
	{name: "showDialog", does: "a form on a terminal; `--answer ID=VALUE`; else the defaults. Canceling rejects", js: `api.showDialog({name: 'D', ui: "n {id: 'n', type: 'number', placeholder: 3}"})`, py: `api.showDialog({"name": "D", "ui": "n {id: 'n', type: 'number', placeholder: 3}"})`, want: `{"n":3}`},
	{name: "showFileDialog", does: "the files of `--file` and of the command's inputs, which may be read then", js: `api.showFileDialog({title: 'Open'})`, py: `api.showFileDialog(title="Open")`, want: "[]"},
	{name: "showMessage", does: "a line on stderr", js: `api.showMessage('hello', 3)`, want: "null"},
	{name: "showSnackbar", does: "the same", js: `api.showSnackbar('hello', 3)`, want: "null"},
	{name: "showStatus", does: "a line on stderr that is redrawn on a terminal", js: `api.showStatus('busy')`, want: "null"},
	{name: "showProgress", does: "a bar, or a line for each percent: 0 to 100, or a fraction below 1", js: `api.showProgress(50)`, want: "null"},
	{name: "progress", does: "the same", js: `api.progress(0.5)`, want: "null"},
	{name: "log", does: "a line on stderr; any values", js: `api.log('a', 1)`, want: "null"},
	{name: "error", does: "a line on stderr, as an error", js: `api.error('bad')`, want: "null"},
	{name: "exportFile", does: "a file in `--output FOLDER`; a name with a folder in it is refused", js: `api.exportFile('text', 'a.txt')`, want: "null"},
	{name: "export", does: "names the plugin's functions; again replaces them", js: `typeof api.export`, py: `"function" if callable(api.export) else ""`, want: `"function"`},
	{name: "init", does: "exports an empty `setup`", js: `typeof api.init`, py: `"function" if callable(api.init) else ""`, want: `"function"`},
	{name: "registerCodec", does: "lets instances of a class cross; in each plugin by itself", js: `api.registerCodec({name: 'c', decoder: x => x})`, py: `api.registerCodec({"name": "c", "decoder": lambda o: o})`, want: "null"},
	{name: "disposeObject", does: "lets go of an object's functions", js: `api.disposeObject({})`, want: "null"},
	{name: "createWindow", does: "opens a page where there is one; else recorded, with every call, beside the result", js: `api.createWindow({name: 'W', type: 'imjoy/image'}).then(w => w.zoom(2))`, py: `(await api.createWindow({"name": "W", "type": "imjoy/image"})).zoom(2)`, want: "null"},
	{name: "getWindow", does: "an open window by name, type or id; null without", js: `api.getWindow('none')`, want: "null"},
	{name: "run", does: "the other plugin's `run` with this argument; a window plugin opens a window", js: `api.run('Helper', 7)`, want: "7"},
	{name: "call", does: "any function of another plugin", js: `api.call('Helper', 'twice', 7)`, want: "14"},
	{name: "getPlugin", does: "the api of another plugin: a dependency, a file beside, an installed one", js: `api.getPlugin('Helper').then(p => p.twice(4))`, py: `(await api.getPlugin("Helper")).twice(4)`, want: "8"},
	{name: "loadPlugin", does: "the same, and a document that the plugin brings (`src`), with settings of its own", js: `api.loadPlugin({src: GUEST}).then(p => p.run())`, py: `(await api.loadPlugin({"src": GUEST})).run()`, want: `"guest"`},
	{name: "installPlugin", does: "known by its name until the program ends; what stays, a person installs", js: `api.installPlugin({src: GUEST}).then(c => c.name)`, py: `(await api.installPlugin({"src": GUEST}))["name"]`, want: `"Guest"`},
	{name: "uninstallPlugin", does: "forgets such a plugin", js: `api.uninstallPlugin({name: 'Guest'})`, py: `api.uninstallPlugin(name="Guest")`, want: "null"},
	{name: "register", does: "an op, for `imjoy run --op NAME`", js: `api.register({name: 'Op', run: x => x})`, py: `api.register({"name": "Op", "run": lambda x: x})`, want: `"NAME/Op"`},
	{name: "unregister", does: "takes it back", js: `api.unregister('Op')`, want: "true"},
	{name: "registerService", does: "an object for others; `operator` without a type", js: `api.registerService({type: 'model', name: 'm', f: x => x})`, py: `api.registerService({"type": "model", "name": "m", "f": lambda x: x})`, want: `"NAME/m"`},
	{name: "getServices", does: "those whose members equal the query's", js: `api.getServices({type: 'model'}).then(l => l.length)`, py: `len(await api.getServices({"type": "model"}))`, want: "1"},
	{name: "unregisterService", does: "takes it back: by id, name or members", js: `api.unregisterService({type: 'model'})`, py: `api.unregisterService({"type": "model"})`, want: "true"},
	{name: "setConfig", does: "kept as text, for the plugin of that name; a falsy value deletes", js: `api.setConfig('k', 1)`, want: "null"},
	{name: "getConfig", does: "text or null; `_field` reads the config block", js: `api.getConfig('k')`, want: `"1"`},
	{name: "getConfig (`_field`)", does: "read-only", js: `api.getConfig('_version')`, want: `"0.1.0"`},
	{name: "getAttachment", does: "the text of an attachment block; null without", js: `api.getAttachment('note')`, want: `"noted"`},
	{name: "getFileManager", does: "`listFiles(path)`, `getFile(path)`, `putFile(file, path)`, `removeFile(path)`: in a folder of the plugin's own (100 MiB), and what `--allow-read` and `--allow-write` open", js: `api.getFileManager().then(async f => { await f.putFile('x', 'a/b.txt'); return (await f.listFiles('a'))[0].name })`, py: `[f["name"] for f in [await (await api.getFileManager()).putFile("x", "a/b.txt")] and [] or await (await api.getFileManager()).listFiles("a")][0]`, want: `"b.txt"`},
	{name: "getEngine", does: "rejected: this program runs Python itself", js: `api.getEngine('x')`, refused: "plugin engines"},
	{name: "getEngineFactory", does: "rejected", js: `api.getEngineFactory('x')`, refused: "plugin engines"},
	{name: "getFileUrl", does: "rejected (deprecated): use the file manager", js: `api.getFileUrl({path: 'x'})`, py: `api.getFileUrl({"path": "x"})`, refused: "getFileManager"},
	{name: "requestUploadUrl", does: "rejected (deprecated): return the data", js: `api.requestUploadUrl({path: 'x'})`, py: `api.requestUploadUrl({"path": "x"})`, refused: "return the data"},
	{name: "uploadFileToUrl", does: "rejected (deprecated)", js: `api.uploadFileToUrl({url: 'x'})`, py: `api.uploadFileToUrl({"url": "x"})`, refused: "return the data"},
	{name: "downloadFileFromUrl", does: "rejected (deprecated): use `fetch`", js: `api.downloadFileFromUrl({url: 'x'})`, py: `api.downloadFileFromUrl({"url": "x"})`, refused: "pass files"},
	{name: "echo", does: "the same value", js: `api.echo({a: [1, null]})`, py: `api.echo({"a": [1, None]})`, want: `{"a":[1,null]}`},
	{name: "on", does: "events of all plugins; `prefix.*` as well; kept events come at once", js: `api.on('e', () => 0)`, py: `api.on("e", lambda *a: 0)`, want: "null"},
	{name: "emit", does: "to every handler, in order, without waiting", js: `api.emit('e', 1)`, want: "null"},
	{name: "off", does: "all handlers of the plugin for an event", js: `api.off('e')`, want: "null"},
	{name: "close", does: "rejected outside windows", js: `api.close()`, refused: "a window"},
	{name: "onClose", does: "rejected outside windows", js: `api.onClose()`, refused: "a window"},
	{name: "focus, show, hide, resize, refresh", does: "rejected outside windows", js: `api.focus()`, refused: "a window"},
	{name: "utils.openUrl", does: "the address on stderr; nothing is opened", js: `api.utils.openUrl('https://imjoy.io')`, want: "null"},
	{name: "utils.sleep", does: "seconds", js: `api.utils.sleep(0.001)`, want: "null"},
	{name: "utils.$forceUpdate", does: "nothing", js: `api.utils.$forceUpdate()`, py: `getattr(api.utils, "$forceUpdate")()`, want: "null"},
	{name: "utils.showOpenFilePicker", does: "rejected: needs a page", js: `api.utils.showOpenFilePicker()`, refused: "a browser"},
	{name: "utils.showSaveFilePicker", does: "rejected: needs a page", js: `api.utils.showSaveFilePicker()`, refused: "a browser"},
	{name: "utils.showDirectoryPicker", does: "rejected: needs a page", js: `api.utils.showDirectoryPicker()`, refused: "a browser"},
	{name: "connectToServer", does: "rejected (deprecated)", js: `api.connectToServer({})`, refused: "deprecated"},
	{name: "TAG", does: "the chosen tag, or null", js: `api.TAG`, want: "null"},
	{name: "WORKSPACE", does: "`default`", js: `api.WORKSPACE`, want: `"default"`},
	{name: "ENGINE_URL", does: "null: there is no engine", js: `api.ENGINE_URL`, want: "null"},
	{name: "FILE_MANAGER_URL", does: "null", js: `api.FILE_MANAGER_URL`, want: "null"},
	{name: "WORK_DIR", does: "the folder that the command was typed in", js: `api.WORK_DIR`, want: `"/work dir"`},
	{name: "config", does: "name, id, type, tag, workspace, engine, file_manager, work_dir", js: `api.config.work_dir`, want: `"/work dir"`},
	{name: "id", does: "the plugin's name; of a further instance, with a number", js: `api.id`, want: `"NAME"`},
	{name: "fs", does: "removed: rejected, naming getFileManager", js: `api.fs.readFile('x')`, py: `api.fs.readFile("x")`, refused: "api.getFileManager"},
	{name: "updateWindow", does: "removed: rejected, naming getWindow", js: `api.updateWindow({})`, refused: "api.getWindow"},
	{name: "utils.ndarray", does: "removed: rejected; arrays cross as they are", js: `api.utils.ndarray([1])`, refused: "arrays"},
}

const guestDocument = "<config lang=\"json\">\n{\"name\": \"Guest\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"javascript\">api.export({ run() { return 'guest' } })</script>\n"

// TestApiTable calls every name of ImJoy's api from both languages in one workspace, and
// compares with the page.
func TestApiTable(t *testing.T) {
	js, py := apiResults(t, "javascript"), apiResults(t, "python")
	var table strings.Builder
	table.WriteString("| name | without a browser | JavaScript | Python |\n|---|---|---|---|\n")
	for i, row := range apiRows {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", strings.ReplaceAll(row.name, " (`_field`)", "(\"_field\")"), row.does, js[i], py[i])
	}
	text, err := os.ReadFile(apiPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "<!-- table -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- end -->\n")
	if !ok || !ok2 {
		t.Fatal("no table in ", apiPage)
	}
	want := before + "<!-- table -->\n" + table.String() + "<!-- end -->\n" + after
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatal(apiPage, " says something else; run the test with -update")
	}
	if err := os.WriteFile(apiPage, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// apiResults calls every row from one language: "yes" where it does what it should,
// "rejected" where it should not.
func apiResults(t *testing.T, language string) []string {
	name := map[string]string{"javascript": "Js", "python": "Py"}[language]
	var script strings.Builder
	if language == "javascript" {
		fmt.Fprintf(&script, "const GUEST = %q\napi.export({\n", strings.ReplaceAll(guestDocument, "</script>", "<@/script>"))
	} else {
		fmt.Fprintf(&script, "GUEST = %q.replace('@', '')\nasync def done(v):\n  return (await v) if hasattr(v, '__await__') else v\nclass Plugin:\n", strings.ReplaceAll(guestDocument, "</script>", "<@/script>"))
	}
	for i, row := range apiRows {
		if language == "javascript" {
			fmt.Fprintf(&script, "  case_%d: async () => %s,\n", i, strings.ReplaceAll(row.js, "GUEST", "GUEST.replaceAll('@', '')"))
			continue
		}
		call := row.py
		if call == "" {
			call = row.js
		}
		fmt.Fprintf(&script, "  async def case_%d(self): return await done(%s)\n", i, call)
	}
	script.WriteString(map[string]string{"javascript": "})\n", "python": "api.export(Plugin())\n"}[language])
	kind := map[string]string{"javascript": "web-worker", "python": "native-python"}[language]
	plan := parsed(t, name, []byte(fmt.Sprintf("<config lang=\"json\">\n{\"name\": %q, \"type\": %q, \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=%q>\n%s</script>\n<attachment name=\"note\">noted</attachment>\n", name, kind, language, script.String())))
	w := apiWorkspace(t)
	p, err := w.Plugin(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	results := make([]string, len(apiRows))
	for i, row := range apiRows {
		v, err := p.Call(t.Context(), fmt.Sprintf("case_%d", i))
		text, _ := value.JSON(v)
		want := strings.ReplaceAll(row.want, "NAME", name)
		switch {
		case row.refused != "":
			results[i] = "rejected"
			if err == nil || !strings.Contains(err.Error(), row.refused) {
				t.Errorf("%s: api.%s: %s %v, want an error with %q", language, row.name, text, err, row.refused)
			}
		case err != nil:
			t.Errorf("%s: api.%s: %v", language, row.name, err)
		case string(text) != want:
			t.Errorf("%s: api.%s: %s, want %s", language, row.name, text, want)
		default:
			results[i] = "yes"
		}
	}
	return results
}

func apiWorkspace(t *testing.T) *workspace.Workspace {
	t.Helper()
	helper := servicePlan(t, "Helper", "", "run: x => x, twice: x => 2 * x")
	files := t.TempDir()
	w := workspace.Open(workspace.Options{
		Dir: "/work dir", Runtimes: []engine.Runtime{engine.Worker(), pythonRuntime(files)}, Limits: engine.Limits{Timeout: 20 * time.Second},
		Find: func(_ context.Context, _ *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
			switch {
			case want.Source != "":
				return parsed(t, "guest", []byte(want.Source)), nil
			case want.Name == "Helper":
				return helper, nil
			}
			return nil, &workspace.NotFoundError{Name: want.Name}
		},
		Disk:     func(owner string) engine.Disk { return disk.New(filepath.Join(files, owner)) },
		Frontend: workspace.Frontend{Windows: &workspace.Recorder{}, Dialogs: unattended{}, Files: nobody{}},
	})
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	return w
}

// unattended answers as a terminal that nobody looks at.
type unattended struct{}

func (unattended) Alert(context.Context, engine.Message) error { return nil }
func (unattended) Prompt(_ context.Context, _ engine.Message, suggestion string) (string, error) {
	return suggestion, nil
}
func (unattended) Confirm(context.Context, engine.Message) (bool, error) { return false, nil }
func (unattended) Form(context.Context, *value.Object) (*value.Object, error) {
	return value.NewObject("n", 3.0), nil
}
