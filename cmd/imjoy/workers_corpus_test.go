package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// workersPage has the table of what public plugins of workers and frames do.
const workersPage = "../../docs/status-workers.md"

// step is one command and what it must print: exactly, or as a part where want ends
// in "...".
type step struct {
	args string // words; FILE is the plugin
	want string // of stdout
	says string // a part of stderr
	code int
}

// recorded is how one public plugin is run.
type recorded struct {
	steps []step
	does  string // what the steps show, for the table
	needs string // what it needs from outside, which the test does not have
	// change makes a copy that differs where said in does.
	change func(m *machine, text string) string
}

const (
	offNPM = " --cdn npm --allow-net=registry.npmjs.org"
	greets = "`run` greets"

	inPage  = ", in a worker here and of a browser"
	service = "registers its service; "
)

// workers are the plugins by their names in the corpus.
var workers = map[string]recorded{
	"amun-ai/hypha/tests/testWebWorkerPlugin.imjoy.html": {does: service + "`add2(40)` is 42, `run` greets" + inPage, steps: []step{
		{args: "run FILE", want: "null\n", says: "hello world."}, {args: "run FILE --method add2 --args [40]", want: "42\n"}, {args: "run FILE --headless --method add2 --args [40]", want: "42\n"},
	}},
	"imjoy-team/imjoy-engine/tests/testWebWorkerPlugin.imjoy.html": {does: "`add2(40)` is 42, `run` greets", steps: []step{
		{args: "run FILE", want: "null\n", says: "hello world."}, {args: "run FILE --method add2 --args [40]", want: "42\n"},
	}},
	"amun-ai/hypha/tests/testFunctionsPlugin.imjoy.html": {does: service + "another plugin gets its page by it", change: asked("FunctionsPlugin", `
	const [s] = await api.getServices({type: "functions"})
	return [(await s.index({}, null)).body, JSON.parse((await s["hello-world"]({}, {user: 1})).body)]`), steps: []step{
		{args: "run FILE --method setup", want: "null\n"}, {args: "run ask.imjoy.html", want: `["Home page",{"message":"Hello World","context":{"user":1}}]` + "\n"},
	}},
	"imjoy-team/ImJoy/web/src/plugins/webWorkerTemplate.imjoy.html":  {does: greets, steps: []step{{args: "run FILE", want: "null\n", says: "hello world."}}},
	"imjoy-team/imjoy-core/src/plugins/webWorkerTemplate.imjoy.html": {does: greets + inPage, steps: []step{{args: "run FILE", want: "null\n", says: "hello world."}, {args: "run FILE --headless", want: "null\n"}}},
	"imjoy-team/ImJoy/web/src/plugins/iframeTemplate.imjoy.html":     {does: "`run` returns, in a frame", steps: []step{{args: "run FILE --headless", want: "null\n", says: "initialized"}}},
	"imjoy-team/imjoy-core/src/plugins/iframeTemplate.imjoy.html":    {does: "`run` returns, in a frame", steps: []step{{args: "run FILE --headless", want: "null\n", says: "initialized"}}},
	"imjoy-team/imjoy-core/tests/testWebWorkerPlugin1.imjoy.html": {does: "`run` returns" + inPage + "; 22 of its 25 tests pass; two of the others are steps of the test before, which gives them an argument, and one needs the plugin BrowserFS, of type evil", change: beside("imjoy-team/imjoy-core/tests/testWebWorkerPlugin2.imjoy.html"), steps: []step{
		{args: "run FILE", want: "null\n"}, {args: "run FILE --headless", want: "null\n"},
		{args: "test FILE", code: 1, want: "...--- FAIL: test_unregister_service...--- FAIL: test_uninstall_plugin...--- FAIL: test_fs...3 of 25 tests failed..."},
	}},
	"imjoy-team/imjoy-core/tests/testWebWorkerPlugin2.imjoy.html": {does: "`run` returns its data, `square(12)` is 144", steps: []step{
		{args: "run FILE --method square --args [12]", want: "144\n"}, {args: `run FILE --data {"a":[1]}`, want: `{"config":{"type":"Test Web Worker Plugin 2"},"data":{"a":[1]},...`},
	}},
	"imjoy-team/imjoy-core/tests/testWorkerESModulePlugin.imjoy.html": {does: "with `--js-engine=frame`, `setup` finds the class it imports; why not in a worker is told above", steps: []step{
		{args: "run FILE --method setup" + offNPM, code: 1, says: "window is not defined: a page has it and a worker does not, in no browser either; `imjoy run --browser --js-engine=frame`"},
		{args: "run FILE --method setup --js-engine=browser" + offNPM, code: 1, says: "error: ReferenceError: window is not defined"},
		{args: "run FILE --method setup --js-engine=frame" + offNPM, want: "null\n"},
	}},
	"imjoy-team/imjoy-core/tests/testWindowESModulePlugin.imjoy.html": {does: "`setup` finds the class it imports", steps: []step{{args: "run FILE --headless --method setup" + offNPM, want: "null\n"}}},
	"imjoy-team/imjoy-plugins/repository/histogram2D.imjoy.html": {does: "`run` counts three points into an image", steps: []step{
		{args: `run FILE width=4 height=3 pixel_size=10 --data {"type":"localization/table","table":{"rows":3,"tableDict":{"x":[10,21,22],"y":[10,20,20],"frame":[1,1,2]}}}`,
			want: `{"type":"image/grayscale","array":{"_rtype":"typedarray","_rvalue":[0,0,0,0,0,1,0,0,0,0,2,0],"_rdtype":"uint16"},"height":3,"width":4}` + "\n"},
	}},
	"imjoy-team/imjoy-plugins/repository/textFileImporter.imjoy.html": {does: "`run` reads a table of two points", steps: []step{
		{args: "run FILE points.csv" + offNPM, want: `..."rows":2...`},
	}},
	"imjoy-team/imjoy-plugins/repository/tifFileImporter.imjoy.html": {does: "another plugin has it open a TIFF and gets the pixels; UTIF of npm stands in for static.imjoy.io", change: asked("Tif File Importer", `
	const p = await api.getPlugin("Tif File Importer"), f = await p.open(ctx.data)
	await f.seek(0)
	const {array, width, height} = await f.read()
	await f.close()
	return [[...array], width, height, f.n_frames]`), steps: []step{{args: "run ask.imjoy.html cells.tif", want: "[[1,2,3,4],2,2,1]\n"}}},
	"imjoy-team/imjoy-plugins/repository/smlmFileIO.imjoy.html": {does: "`run` reads a file of three points, draws them and opens the window of Image Window; JSZip and SparkMD5 of npm stand in for cdn.rawgit.com, which is gone", steps: []step{
		{args: "run FILE points.smlm", want: `..."type":"Image Window"...`},
	}},
	"imjoy-team/imjoy-plugins/repository/ImageJWrapper.imjoy.html": {does: "with a server that answers like ImageJ-Server `setup` and `run` return, and `getModules` has its modules", needs: "ImageJ-Server at localhost:8080", change: imageJ, steps: []step{
		{args: "run FILE" + offNPM, code: 1, says: "Network Error"}, {args: "run imagej.imjoy.html" + offNPM + " --allow-net=HOST", want: "null\n"},
		{args: "run imagej.imjoy.html --method getModules" + offNPM + " --allow-net=HOST", want: `{"command:net.imagej.ops.Run":{"inputs":[]}}` + "\n"},
	}},
	"imjoy-team/imjoy-core-plugins/docs/WebPythonWorker.imjoy.html": {does: service + "with pyodide.js of npm in the place of its own", needs: "when it starts a Python plugin, which `imjoy run` does itself: the files of Pyodide 0.20.1a1 at cdn.jsdelivr.net/pyodide, of which npm has a part", steps: []step{{args: "run FILE --method setup", want: "null\n"}}},
	"imjoy-team/imjoy-plugins/repository/DeepGoPlus.imjoy.html": {does: "in a frame with TensorFlow.js, has a protein encoded by its dependency ProteinSequenceUtils, a Python plugin, and predicts, with a model of three terms in the place of its own; the dependency answers lists as it did in the Pyodide of its time, not an array", needs: "the model at cellprofiling.blob.core.windows.net", steps: []step{
		{args: "run FILE --headless --answer prompt=MAAR --python /usr/bin/python3 --python-env none --allow-python" + offNPM, want: "null\n", says: "GO:0097458=>1.00;"},
	}},
	"imjoy-team/imagej.js/src/imagej-js-chatbot-extension.imjoy.html": {does: "refused: a text of its config goes over two lines, which ImJoy does not read either. In one line, `setup` registers its tools with windows that are recorded", needs: "bioimage.io/chat and ij.imjoy.io, to be of use", change: inOneLine, steps: []step{
		{args: "run FILE", code: 5, says: "config-newline-in-string"}, {args: "run one-line.imjoy.html --method setup", want: `..."src":"https://bioimage.io/chat"..."method":"registerExtension"..."src":"https://ij.imjoy.io/"..."method":"runMacro"...`, says: "initialized"},
	}},
}

// TestCorpusWorkers runs every public plugin of type web-worker and iframe, and those
// with modules, on input that makes sense, and compares with the table of
// docs/status-workers.md (UPDATE_STATUS=1 writes it). It runs only where IMJOY_NPM names
// the host of the npm registry.
func TestCorpusWorkers(t *testing.T) {
	files := corpus.Files(t)
	host := os.Getenv("IMJOY_NPM")
	if host == "" {
		t.Skip("IMJOY_NPM is not set: it names the host of the npm registry")
	}
	m := newMachine(t)
	m.standIns(host)
	var rows []string
	left := maps.Clone(workers)
	for _, file := range files {
		doc, _ := pluginfile.Parse(file.Name, file.Text)
		plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
		if plan == nil || plan.Type != "web-worker" && plan.Type != "iframe" && !strings.Contains(string(file.Text), `type="module"`) {
			continue
		}
		r, ok := left[file.Name]
		if !ok {
			t.Errorf("nobody says how %s is run", file.Name)
			continue
		}
		delete(left, file.Name)
		m.record(t, file, r)
		words := strings.SplitN(file.Name, "/", 3)
		rows = append(rows, fmt.Sprintf("| %s | %s/%s | %s | %s | %s |\n", plan.Name, words[0], words[1], plan.Type, r.does, r.needs))
	}
	for name := range left {
		t.Errorf("%s is no plugin of the corpus", name)
	}
	compareTable(t, workersPage, "<!-- what follows is written by the test -->\n", "| plugin | repository | type | what it does | what it needs and the test does not have |\n|---|---|---|---|---|\n"+strings.Join(rows, ""))
}

// record runs the steps of a plugin.
func (m *machine) record(t *testing.T, file corpus.File, r recorded) {
	t.Helper()
	dir := filepath.Join(m.dir, "work")
	name := path.Base(file.Name)
	m.write(name, string(file.Text))
	defer os.Remove(filepath.Join(dir, name))
	host := ""
	if r.change != nil {
		host = r.change(m, string(file.Text))
	}
	for _, s := range r.steps {
		args := strings.Fields(strings.NewReplacer("FILE", name, "HOST", host).Replace(s.args))
		code, out, said := m.imjoy(args...)
		if code != s.code || !fits(out, s.want) || !strings.Contains(said, s.says) {
			t.Errorf("%s: imjoy %s: exit %d\n%s%s", file.Name, strings.Join(args, " "), code, out, said)
		}
	}
}

// fits compares with a text, or with a part where "..." stands for others.
func fits(got, want string) bool {
	if !strings.Contains(want, "...") {
		return got == want
	}
	for i, part := range strings.Split(want, "...") {
		at := strings.Index(got, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		got = got[at+len(part):]
	}
	return true
}

// asked writes a plugin beside the one that is tested, which uses it.
func asked(name, body string) func(*machine, string) string {
	return func(m *machine, _ string) string {
		m.write("ask.imjoy.html", `<config lang="json">
{"name": "Ask", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "description": "Ask another plugin.", "inputs": {"type": "object", "properties": {"name": {"type": "string"}}}, "outputs": null}
</config>
<script lang="javascript">
api.export({ setup() {}, async run(ctx) {
	await api.getPlugin(`+fmt.Sprintf("%q", name)+`)`+body+`
} })
</script>
`)
		return ""
	}
}

// beside puts another public plugin beside the one that is tested.
func beside(name string) func(*machine, string) string {
	return func(m *machine, _ string) string {
		text, err := os.ReadFile(filepath.Join(corpus.Dir(m.T), filepath.FromSlash(name)))
		if err != nil {
			m.Fatal(err)
		}
		m.write("beside.imjoy.html", string(text))
		return ""
	}
}

func inOneLine(m *machine, text string) string {
	m.write("one-line.imjoy.html", strings.Replace(text, "ImageJ.JS macro\n  in the chatbot", "ImageJ.JS macro in the chatbot", 1))
	return ""
}

// imageJ answers like a server of ImageJ with one module, and returns its host.
func imageJ(m *machine, text string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if q.URL.Path == "/modules" {
			fmt.Fprint(w, `["command:net.imagej.ops.Run", "command:other"]`)
			return
		}
		fmt.Fprint(w, `{"inputs":[]}`)
	}))
	m.Cleanup(s.Close)
	m.write("imagej.imjoy.html", strings.Replace(text, "http://localhost:8080", s.URL, 1))
	return strings.TrimPrefix(s.URL, "http://")
}

// standIns gives the machine files to work on, and serves the same libraries of npm for
// hosts that are gone.
func (m *machine) standIns(registry string) {
	m.Helper()
	m.write("points.csv", "frame,x [nm],y [nm]\n1,100,200\n2,140,220\n")
	m.write("cells.tif", string(tiff()))
	m.write("points.smlm", string(smlm(m.T)))
	files := map[string][]byte{
		"/js/UTIF.js":       fileOfPackage(m.T, registry, "utif", "2.0.1", "UTIF.js"),
		"/jszip.min.js":     fileOfPackage(m.T, registry, "jszip", "3.1.5", "dist/jszip.min.js"),
		"/spark-md5.min.js": fileOfPackage(m.T, registry, "spark-md5", "3.0.0", "spark-md5.min.js"),
		"/full/pyodide.js":  fileOfPackage(m.T, registry, "pyodide", "0.20.1-alpha.2", "pyodide.js"),
	}
	files["/model/model.json"], files["/model/weights.bin"] = proteinModel()
	helper, err := os.ReadFile(filepath.Join(corpus.Dir(m.T), "imjoy-team", "imjoy-plugins", "repository", "ProteinSequenceUtils.imjoy.html"))
	if err != nil {
		m.Fatal(err)
	}
	files["/gist/ProteinSequenceUtils.imjoy.html"] = bytes.Replace(helper, []byte("        return data\n"), []byte("        return data.tolist()\n"), 1)
	repository := http.StripPrefix("/repository", http.FileServer(http.Dir(filepath.Join(corpus.Dir(m.T), "imjoy-team", "imjoy-plugins"))))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if text, ok := files[q.URL.Path]; ok {
			_, _ = w.Write(text)
			return
		}
		repository.ServeHTTP(w, q)
	}))
	m.Cleanup(s.Close)
	var mirrors []string
	for from, to := range map[string]string{
		"https://static.imjoy.io": "", "https://cdn.rawgit.com/Stuk/jszip/9fb481ac/dist": "", "https://cdn.rawgit.com/satazor/js-spark-md5/bbd1624a": "",
		"https://cdn.jsdelivr.net/pyodide/v0.20.1a1": "", "https://raw.githubusercontent.com/imjoy-team/imjoy-plugins/HEAD": "/repository",
		"https://cellprofiling.blob.core.windows.net/models/DeepGoPlus-model-cafa-v1": "/model", "https://gist.githubusercontent.com/oeway/ff9b45bd65b499cb5677713c190c66ba/raw": "/gist",
	} {
		mirrors = append(mirrors, from+"="+s.URL+to)
	}
	m.env["IMJOY_MIRRORS"] = strings.Join(mirrors, ",")
}

// fileOfPackage is a file of a package.
func fileOfPackage(t *testing.T, registry, name, version, file string) []byte {
	t.Helper()
	answer, err := http.Get("https://" + registry + "/" + name + "/-/" + name + "-" + version + ".tgz")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	zipped, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(zipped); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("%s@%s has no %s: %v", name, version, file, err)
		}
		if h.Name == "package/"+file {
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
}

// proteinModel is a model of TensorFlow.js for proteins in the encoding of DeepGOPlus:
// its first term is for those with an alanine, its second for those with a tryptophan.
func proteinModel() (model, weights []byte) {
	const acids, terms, alanine, tryptophan = 21, 3, 1, 18
	numbers := make([]float32, (acids+1)*terms)
	numbers[alanine*terms], numbers[tryptophan*terms+1] = 20, 20
	for i := range terms {
		numbers[acids*terms+i] = -10
	}
	for _, v := range numbers {
		weights = binary.LittleEndian.AppendUint32(weights, math.Float32bits(v))
	}
	return []byte(`{"format": "layers-model", "modelTopology": {"class_name": "Sequential", "config": {"name": "m", "layers": [
{"class_name": "GlobalMaxPooling1D", "config": {"name": "pool", "batch_input_shape": [null, 2000, 21], "dtype": "float32"}},
{"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "sigmoid", "use_bias": true}}]}},
"weightsManifest": [{"paths": ["weights.bin"], "weights": [{"name": "dense/kernel", "shape": [21, 3], "dtype": "float32"}, {"name": "dense/bias", "shape": [3], "dtype": "float32"}]}]}`), weights
}

// tiff is a grey image of 2 by 2 pixels.
func tiff() []byte {
	entries := [][4]uint32{{256, 3, 1, 2}, {257, 3, 1, 2}, {258, 3, 1, 8}, {259, 3, 1, 1}, {262, 3, 1, 1}, {273, 4, 1, 8}, {277, 3, 1, 1}, {278, 3, 1, 2}, {279, 4, 1, 4}}
	b := append([]byte("II*\x00\x0c\x00\x00\x00"), 1, 2, 3, 4)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, uint16(e[0])), uint16(e[1]))
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, e[2]), e[3])
	}
	return append(b, 0, 0, 0, 0)
}

// smlm is a file of three points.
func smlm(t *testing.T) []byte {
	t.Helper()
	var out, table bytes.Buffer
	for _, v := range []float32{1, 100, 200, 1, 140, 220, 2, 60, 40} {
		_ = binary.Write(&table, binary.LittleEndian, math.Float32bits(v)) // a buffer takes everything
	}
	manifest, err := json.Marshal(map[string]any{
		"format_version": "0.2",
		"formats":        map[string]any{"t": map[string]any{"type": "table", "columns": 3, "headers": []string{"frame", "x", "y"}, "dtype": []string{"float32", "float32", "float32"}}},
		"files":          []any{map[string]any{"name": "table.bin", "type": "table", "format": "t", "rows": 3}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&out)
	for name, data := range map[string][]byte{"manifest.json": manifest, "table.bin": table.Bytes()} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// compareTable compares with what stands behind a mark of a page, or writes it.
func compareTable(t *testing.T, page, mark, want string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, got, ok := strings.Cut(string(text), mark)
	switch {
	case !ok:
		t.Fatalf("%s has no line %q", page, mark)
	case os.Getenv("UPDATE_STATUS") != "":
		if err := os.WriteFile(page, []byte(head+mark+"\n"+want), 0o644); err != nil {
			t.Fatal(err)
		}
	case got != "\n"+want:
		t.Errorf("%s is not what runs (write it anew with UPDATE_STATUS=1):\n%s", page, strings.Join(slices.DeleteFunc(strings.SplitAfter(want, "\n"), func(line string) bool { return strings.Contains(got, line) }), ""))
	}
}
