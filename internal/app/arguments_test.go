package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

func here(t *testing.T, files map[string]string) *app.App {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"IMJOY_HOME": filepath.Join(dir, "home"), "HOME": dir}
	return &app.App{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		Env: func(name string) string { return env[name] }, Dir: dir, Now: time.Now,
	}
}

func planOf(t *testing.T, ui, inputs string) *tags.Plan {
	t.Helper()
	doc, _ := pluginfile.Parse("p.imjoy.html", fmt.Appendf(nil, "<config lang=\"json\">\n{\"name\": \"P\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"ui\": %q, \"inputs\": %s}\n</config>\n<script lang=\"javascript\">\napi.export({run() {}})\n</script>\n", ui, inputs))
	plan, found := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	return plan
}

func npy(t *testing.T, dtype ndarray.DType, shape []int, data []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := (&ndarray.Array{DType: dtype, Shape: shape, Data: data}).WriteNPY(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func show(t *testing.T, v value.Value) string {
	t.Helper()
	text, err := value.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	testUI     = "{id: 'sigma', type: 'number', placeholder: 2, min: 0} {id: 'kind', type: 'choose', options: ['a', 'b']} {id: 'shown', dataID: 'sent', type: 'string', placeholder: 'x'} {id: 'two words', type: 'string', placeholder: ''}"
	testInputs = `{"type": "object", "properties": {"table": {"file": {}}, "count": {"type": "integer"}, "flag": {"type": "boolean"}, "list": {"type": "array"}}}`
	manyFiles  = `{"type": "object", "properties": {"left": {"file": {}}, "right": {"file": {}}}}`
	anArray    = `{"type": "object", "properties": {"image": {"ndarray": {}}}}`
)

func TestArguments(t *testing.T) {
	a := here(t, map[string]string{
		"t.csv": "a,b\n1,2\n3,4\n", "a=b": "x", "sigma=1": "x", "data.json": `{"count": 1}`, "text": "text",
		"a.npy": npy(t, ndarray.Uint8, []int{2}, []byte{1, 2}),
	})
	file := func(name, mime string, size int) string {
		return fmt.Sprintf(`{"_rtype":"file","_rname":%q,"_rmime":%q,"_rsize":%d,"_rpath":%q}`, name, mime, size, filepath.Join(a.Dir, name))
	}
	csv, pair, array := file("t.csv", "text/csv", 12), file("a=b", "text/plain", 1), `{"_rtype":"ndarray","_rvalue":[1,2],"_rshape":[2],"_rdtype":"uint8"}`
	const defaults = `{"sigma":2,"kind":"a","sent":"x","two words":""}`
	for _, test := range []struct {
		name, inputs, data string
		words              []string
		config, want       string
	}{
		{"nothing", testInputs, "", nil, defaults, "null"},
		{"settings", testInputs, "", []string{"sigma=3", "kind=b"}, `{"sigma":3,"kind":"b","sent":"x","two words":""}`, "null"},
		{"by id or key", testInputs, "", []string{"shown=y", "two words=a=b"}, `{"sigma":2,"kind":"a","sent":"y","two words":"a=b"}`, "null"},
		{"inputs", testInputs, "", []string{"count=3", "flag=yes", "list=[1]"}, defaults, `{"count":3,"flag":true,"list":[1]}`},
		{"a setting comes before an input of its name", `{"type": "object", "properties": {"sigma": {"type": "number"}}}`, "", []string{"sigma=4"}, `{"sigma":4,"kind":"a","sent":"x","two words":""}`, "null"},
		{"file for the only property", testInputs, "", []string{"t.csv", "count=1"}, defaults, `{"count":1,"table":` + csv + `}`},
		{"named file", testInputs, "", []string{"table=t.csv"}, defaults, `{"table":` + csv + `}`},
		{"the property that is left", manyFiles, "", []string{"left=t.csv", "a.npy"}, defaults, `{"left":` + csv + `,"right":` + file("a.npy", "application/octet-stream", 130) + `}`},
		{"the property that --data leaves", manyFiles, `{"left": 1}`, []string{"t.csv"}, defaults, `{"left":1,"right":` + csv + `}`},
		{"several properties: the data itself", manyFiles, "", []string{"t.csv"}, defaults, csv},
		{"no inputs: the data itself", "null", "", []string{"t.csv"}, defaults, csv},
		{"several files", "null", "", []string{"t.csv", "t.csv"}, defaults, "[" + csv + "," + csv + "]"},
		{"a path with =", "null", "", []string{"./a=b"}, defaults, pair},
		{"a path of a setting's name", "null", "", []string{"./sigma=1"}, defaults, file("sigma=1", "text/plain", 1)},
		{"array", anArray, "", []string{"a.npy"}, defaults, `{"image":` + array + `}`},
		{"named array", anArray, "", []string{"image=a.npy"}, defaults, `{"image":` + array + `}`},
		{"the data is an array", `{"ndarray": {}, "type": "ndarray"}`, "", []string{"a.npy"}, defaults, array},
		{"JSON", "null", `[1, "x"]`, nil, defaults, `[1,"x"]`},
		{"JSON of a file, and pairs", testInputs, "@data.json", []string{"flag=0", "count=7"}, defaults, `{"count":7,"flag":false}`},
		{"JSON of standard input", "null", "-", nil, defaults, `{"in":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			config, data, err := a.Arguments(planOf(t, testUI, test.inputs), app.Arguments{Words: test.words, Data: test.data, Stdin: strings.NewReader(`{"in": 1}`)})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(show(t, data), `"application/x-npy"`, `"application/octet-stream"`)
			if c := show(t, config); c != test.config {
				t.Errorf("config %s, want %s", c, test.config)
			}
			if got != test.want {
				t.Errorf("data %s, want %s", got, test.want)
			}
		})
	}
}

func TestWrongArguments(t *testing.T) {
	a := here(t, map[string]string{"t.csv": "a,b\n", "odd=name": "x", "bad.json": "{"})
	for _, test := range []struct {
		name, data string
		words      []string
		want, hint string // the hint of an ArgumentError; "file": a FileError
	}{
		{"no number", "", []string{"sigma=x"}, `sigma: "x" is no number`, ""},
		{"too small", "", []string{"sigma=-1"}, "sigma: -1 is below the minimum 0", ""},
		{"no option", "", []string{"kind=c"}, `kind: "c" is none of the options: a, b`, ""},
		{"no whole number", "", []string{"count=1.5"}, "count: ", ""},
		{"near a setting", "", []string{"sigmo=1"}, `sigmo: plugin "P" has no such setting and takes no such input`, "sigma"},
		{"near an input", "", []string{"coutn=1"}, "no such setting", "count"},
		{"a file, perhaps", "", []string{"odd=name"}, "no such setting", "./odd=name"},
		{"no file", "", []string{"none.csv"}, "there is no file none.csv", "file"},
		{"no named file", "", []string{"table=none.csv"}, "there is no file none.csv", "file"},
		{"no JSON", "{", nil, "--data: ", "give JSON"},
		{"no JSON in a file", "@bad.json", nil, "--data: ", "give JSON"},
		{"no file of JSON", "@none.json", nil, "there is no file none.json", "file"},
		{"data twice", `[1]`, []string{"count=1"}, "--data is no object", "KEY=VALUE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := a.Arguments(planOf(t, testUI, testInputs), app.Arguments{Words: test.words, Data: test.data})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			var word *app.ArgumentError
			var file *app.FileError
			if test.hint == "file" {
				if !errors.As(err, &file) {
					t.Errorf("a %T", err)
				}
			} else if !errors.As(err, &word) || !strings.Contains(word.Hint, test.hint) {
				t.Errorf("%T with the hint %q, want %q", err, word.Hint, test.hint)
			}
		})
	}
	if _, err := a.OpenArray("t.csv"); err == nil || !strings.Contains(err.Error(), "neither a .npy file nor an image") {
		t.Errorf("got %v", err)
	}
}
