package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

const examplesFolder = "../../examples"

// typed runs a line in a shell, in the folder of the examples or above it.
func typed(t *testing.T, dir, line string) (stdout, all string, err error) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the examples are typed into a shell: sh is needed")
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "IMJOY_HOME="+t.TempDir())
	var data, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &data, &talk
	err = cmd.Run()
	return data.String(), talk.String() + data.String(), err
}

// examples are the plugins by the names of their files.
func examples(t *testing.T) map[string]*pluginfile.Document {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examplesFolder, "*.imjoy.html"))
	if err != nil || len(files) < 10 {
		t.Fatalf("only %d examples, %v", len(files), err)
	}
	docs := map[string]*pluginfile.Document{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs[filepath.Base(file)], _ = pluginfile.Parse(filepath.Base(file), text)
	}
	return docs
}

var namedExample = regexp.MustCompile(`[\w-]+\.imjoy\.html`)

// needsPython skips a test whose line runs Python where there is none.
func needsPython(t *testing.T, docs map[string]*pluginfile.Document, line string) {
	t.Helper()
	for _, name := range namedExample.FindAllString(line, -1) {
		doc := docs[name]
		if doc == nil {
			t.Fatalf("%s: there is no such example", line)
		}
		python := doc.Config.Type == "native-python" || strings.Contains(line, "find-peaks")
		if _, err := exec.LookPath("python3"); err != nil && python && strings.HasPrefix(line, "imjoy run") {
			t.Skip("python3 is not on PATH: " + name + " needs it")
		}
	}
	if _, err := exec.LookPath("python3"); err != nil && strings.Contains(line, ".workflow.yaml") {
		t.Skip("python3 is not on PATH: a step of " + line + " needs it")
	}
	if strings.Contains(line, "--tag NumPy") && strings.HasPrefix(line, "imjoy run") {
		if exec.Command("python3", "-c", "import numpy").Run() != nil {
			t.Skip("python3 has no module numpy: the tag NumPy of " + line + " needs it")
		}
	}
}

// TestExamplesPrintWhatTheirReadmeShows types every session of examples/README.md.
// UPDATE_SCRIPTS=1 writes what is printed into it.
func TestExamplesPrintWhatTheirReadmeShows(t *testing.T) {
	docs := examples(t)
	readme := filepath.Join(examplesFolder, "README.md")
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	update := os.Getenv("UPDATE_SCRIPTS") != ""
	shown := map[string]bool{}
	updated := consoleBlock.ReplaceAllStringFunc(string(text), func(block string) string {
		out := "```console\n"
		session := strings.TrimSuffix(strings.TrimPrefix(block, "```console"), "```")
		for _, part := range strings.Split(session, "\n$ ")[1:] {
			line, want, _ := strings.Cut(part, "\n")
			want = strings.TrimRight(want, "\n")
			for _, name := range namedExample.FindAllString(line, -1) {
				shown[name] = true
			}
			t.Run(line, func(t *testing.T) {
				needsPython(t, docs, line)
				data, got, _ := typed(t, examplesFolder, line)
				got = strings.TrimRight(got, "\n")
				if strings.HasPrefix(line, "imjoy run") && data != "" && !json.Valid([]byte(data)) {
					t.Errorf("stdout is no JSON: %s", data)
				}
				if !update {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("it prints something else (-README +program):\n%s", diff)
					}
					return
				}
				want = got
			})
			out += "$ " + line + "\n" + want + "\n"
		}
		return out + "```"
	})
	for name, doc := range docs {
		if !strings.Contains(string(text), "]("+name+")") {
			t.Errorf("%s is not in the table of the README", name)
		}
		if runnable, ok := doc.Config.Field("runnable").Plain().(bool); !shown[name] && (!ok || runnable) {
			t.Errorf("%s is in no session of the README", name)
		}
	}
	if update {
		if err := os.WriteFile(readme, []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestExamplesDocumentCommandsThatWork types the commands that the docs of the
// examples recommend; none fails or complains.
func TestExamplesDocumentCommandsThatWork(t *testing.T) {
	needsLong(t)
	docs := examples(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(examplesFolder)); err != nil { // some write files
		t.Fatal(err)
	}
	for name, doc := range docs {
		block := doc.First(pluginfile.DocsBlock)
		if block == nil {
			t.Errorf("%s has no docs", name)
			continue
		}
		for _, found := range shellBlock.FindAllStringSubmatch(block.Body().Text, -1) {
			for line := range strings.Lines(found[1]) {
				line = strings.TrimSpace(line)
				t.Run(line, func(t *testing.T) {
					needsPython(t, docs, line)
					_, all, err := typed(t, dir, line)
					if err != nil || strings.Contains(all, "warning") || strings.Contains(all, "error") {
						t.Errorf("%v\n%s", err, all)
					}
				})
			}
		}
	}
}

// TestExamplesKeepLargeResultsInFiles reads back what one example wrote with another.
func TestExamplesKeepLargeResultsInFiles(t *testing.T) {
	out := t.TempDir()
	data, all, err := typed(t, examplesFolder, "imjoy run count-cells.imjoy.html data/cells.npy threshold=400 --output '"+out+"'")
	if err != nil {
		t.Fatalf("%v\n%s", err, all)
	}
	var result struct {
		Count  int
		Labels struct{ Path string }
	}
	if err := json.Unmarshal([]byte(data), &result); err != nil {
		t.Fatal(err)
	}
	data, all, err = typed(t, examplesFolder, "imjoy run open-data.imjoy.html '"+result.Labels.Path+"'")
	if err != nil {
		t.Fatalf("%v\n%s", err, all)
	}
	var opened struct {
		Type  string
		Value struct {
			Shape []int `json:"_rshape"`
			Max   int
		}
	}
	if err := json.Unmarshal([]byte(data), &opened); err != nil {
		t.Fatal(err)
	}
	if opened.Type != "array" || !cmp.Equal(opened.Value.Shape, []int{32, 40}) || opened.Value.Max != result.Count {
		t.Errorf("%d cells became %s", result.Count, data)
	}
}

// TestExamplesAreARepository: the project itself is a repository of plugins without
// findings, and its manifest is up to date.
func TestExamplesAreARepository(t *testing.T) {
	for _, line := range []string{
		"imjoy lint --strict examples",
		"imjoy fmt --check examples",
		"imjoy manifest build examples -o manifest.imjoy.json --check",
		"imjoy manifest check",
	} {
		t.Run(line, func(t *testing.T) {
			if _, err := exec.LookPath("python3"); err != nil && strings.Contains(line, "lint") {
				t.Skip("python3 is not on PATH: lint says that Python was not looked into")
			}
			if data, all, err := typed(t, filepath.Dir(examplesFolder), line); err != nil || data != "" {
				t.Errorf("%v\n%s", err, all)
			}
		})
	}
}

// TestExamplesPassTheirTests runs the test functions that some examples have.
func TestExamplesPassTheirTests(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not on PATH: some examples need it")
	}
	data, all, err := typed(t, examplesFolder, "imjoy test --no-prompt")
	for _, name := range []string{"count-cells", "focus-score", "gaussian-filter", "unit-converter"} {
		if !strings.Contains(data, "ok    "+name+".imjoy.html") {
			t.Errorf("the tests of %s did not pass", name)
		}
	}
	if err != nil || t.Failed() {
		t.Errorf("%v\n%s", err, all)
	}
}

// TestExampleDataIsMadeByItsScript: nobody edited the numbers by hand. The PNG is left
// out, since compressors differ.
func TestExampleDataIsMadeByItsScript(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not on PATH: it makes the data")
	}
	script, err := filepath.Abs(filepath.Join(examplesFolder, "data", "make.py"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command("python3", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"cells.npy", "hot-pixel.npy", "growth.csv", "trace.csv"} {
		made, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := os.ReadFile(filepath.Join(examplesFolder, "data", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, kept) {
			t.Errorf("%s is not what make.py makes", name)
		}
	}
}
