package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
)

const repeated = `<config lang="json">
{"name": "It's \"odd\"", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "tags": ["CPU", "GPU mode"],
 "ui": "text {id: 'text', type: 'string', placeholder: 'as it was'} n {id: 'n', type: 'number', placeholder: 4} which {id: 'which', type: 'choose', options: ['a', 'b c'], placeholder: 'a'}",
 "inputs": {"type": "object", "properties": {"image": {"ndarray": {"dtype": ["float32", "uint8"]}}, "table": {"file": {"ext": ".csv"}}, "values": {"type": "array"}, "note": {"type": "string"}}}}
</config>
<script lang="javascript">api.export({setup() {}, run(ctx) { return ctx.data }})</script>
`

// words is what a shell makes of a command line.
func words(t *testing.T, shell, dir, command string) []string {
	t.Helper()
	cmd := exec.Command(shell, "-c", "printf '%s\\0' "+command)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, command, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// The command of a run, taken by a shell and read as `imjoy run` does, gives the plugin the
// same settings and the same data.
func TestCopiedCommandsRepeatRuns(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not on the PATH: nothing reads the commands")
	}
	dir := t.TempDir()
	a := &App{Dir: dir}
	doc, _ := pluginfile.Parse("odd.imjoy.html", []byte(repeated))
	plan, found := tags.Resolve(doc, "GPU mode")
	if plan == nil {
		t.Fatal(found)
	}
	text := "a,b\n1,2\n"
	for _, name := range []string{"table.csv", "-minus.csv", "a=b.csv", "it's ünï.csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := func(name string) *value.File {
		return &value.File{Name: name, Size: int64(len(text)), Data: []byte(text)}
	}
	array := &ndarray.Array{DType: ndarray.Float32, Shape: []int{2}, Data: []byte{0, 0, 128, 63, 0, 0, 0, 64}}
	large := &ndarray.Array{DType: ndarray.Uint8, Shape: []int{1 << 20}, Data: bytes.Repeat([]byte{7, 8}, 1<<19)}
	texts := []string{"", " ", "plain", "it's", `"quoted"`, "a\nb\n", "$HOME `id` $(id) \\", "größe 日本 🔬", "a=b", "-x", "--tag", "\t\x1b[31m\x03\r'\x7f\\", "\u0085\u009b31m ä", "!history", "~", "*", "#no", "null", "7", "@file"}
	config := func(s string, n any) *value.Object { return value.NewObject("text", s, "n", n, "which", "b c") }
	for _, s := range texts {
		for name, data := range map[string]value.Value{
			"nothing": nil, "text": s, "number": -5.5, "list": []any{s, 1.0, nil, true},
			"an object": value.NewObject("note", s, "values", []any{s, value.NewObject(s, s)}),
			"an array":  value.NewObject("image", array, "note", s),
			"a large":   value.NewObject("image", large, "note", s),
			"bytes":     []byte(s),
		} {
			repeats(t, a, bash, plan, name, server.Job{Plugin: "odd.imjoy.html", Config: config(s, 0.1), Data: data})
		}
	}
	for _, name := range []string{"table.csv", "-minus.csv", "a=b.csv", "it's ünï.csv"} {
		repeats(t, a, bash, plan, "a member", server.Job{Plugin: "-odd.imjoy.html", Config: config("x", 4.0), Data: value.NewObject("table", file(name), "values", []any{1.0})})
	}
}

func repeats(t *testing.T, a *App, shell string, plan *tags.Plan, what string, job server.Job) {
	t.Helper()
	kept := 0
	command := repeatRun(job, plan, plan.UI).command(func(data []byte) string {
		kept++
		path := filepath.Join(a.Dir, "it's kept.json")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	})
	if strings.ContainsFunc(command, func(c rune) bool { return c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0 }) {
		t.Errorf("%s: a terminal would act on %q", what, command)
	}
	if len(command) > 3*maxTyped {
		t.Errorf("%s: a command of %d bytes", what, len(command))
	}
	list := words(t, shell, a.Dir, command)
	if len(list) < 5 || list[0] != "imjoy" || list[1] != "run" || !strings.HasSuffix(list[2], job.Plugin) || strings.HasPrefix(list[2], "-") || list[3] != "--tag" || list[4] != "GPU mode" {
		t.Fatalf("%s: %q", what, list)
	}
	given, behind := Arguments{}, false
	for i := 5; i < len(list); i++ {
		switch word := list[i]; {
		case behind || !strings.HasPrefix(word, "-"):
			given.Words = append(given.Words, word)
		case word == "--":
			behind = true
		case word == "--data" && i+1 < len(list):
			i++
			given.Data = list[i]
		default:
			t.Fatalf("%s: the flag %q of %q", what, word, command)
		}
	}
	config, data, err := a.Arguments(plan, given)
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, command)
	}
	if got, want := jsonText(config), jsonText(job.Config); got != want {
		t.Errorf("%s: config %s, not %s\n%s", what, got, want, command)
	}
	if got, want := sorted(contents(t, data)), sorted(contents(t, job.Data)); !slices.Equal(got, want) {
		t.Errorf("%s: data %.300q, not %.300q\n%.300s", what, got, want, command)
	}
}

// contents is data with the bytes of files in their place, a line for each member.
func contents(t *testing.T, v value.Value) (lines []string) {
	t.Helper()
	if o, ok := v.(*value.Object); ok && o != nil {
		for key, member := range o.All() {
			for _, line := range contents(t, member) {
				lines = append(lines, key+": "+line)
			}
		}
		return lines
	}
	if f, ok := v.(*value.File); ok {
		data := f.Data
		if f.Path != "" {
			var err error
			if data, err = os.ReadFile(f.Path); err != nil {
				t.Fatal(err)
			}
		}
		return []string{f.Name + " " + string(data)}
	}
	return []string{jsonText(v)}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// Data that is kept nowhere makes a command that fails, not one that does something else.
func TestCommandsWithoutTheirData(t *testing.T) {
	doc, _ := pluginfile.Parse("odd.imjoy.html", []byte(repeated))
	plan, _ := tags.Resolve(doc, "CPU")
	nowhere := func([]byte) string { return "" }
	for name, data := range map[string]value.Value{"8 MiB": make([]byte, maxKept), "no folder": strings.Repeat("x", 2*maxTyped)} {
		command := repeatRun(server.Job{Plugin: "odd.imjoy.html", Data: data}, plan, plan.UI).command(nowhere)
		if want := "imjoy run odd.imjoy.html --tag CPU --data @" + lostData; command != want {
			t.Errorf("%s: %.200s, not %s", name, command, want)
		}
		if _, _, err := (&App{Dir: t.TempDir()}).Arguments(plan, Arguments{Data: "@" + lostData}); err == nil {
			t.Errorf("%s: the command runs", name)
		}
	}
}
