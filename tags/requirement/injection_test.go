package requirement

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Of the injections, those of the shell run something when a shell reads them; the
// others need none: the program itself would read them otherwise. Environments are
// tested with the same strings.
var shellInjections, argumentInjections = func() ([]string, []string) {
	var lists struct{ Shell, Arguments []string }
	text, err := os.ReadFile("testdata/injections.json")
	if err == nil {
		err = json.Unmarshal(text, &lists)
	}
	if err != nil {
		panic(err)
	}
	return lists.Shell, lists.Arguments
}()

// frames put a string where a config could have it: four fields, and each way a
// field is read.
var frames = []struct{ field, before string }{
	{"requirements", ""}, {"requirements", "pip: "}, {"requirements", "pip: six "}, {"requirements", "conda: "}, {"requirements", "conda: -c "}, {"requirements", "repo: "}, {"requirements", "repo: https://h.example/x "},
	{"env", ""}, {"env", "conda create -n x "}, {"env", "conda create -n "}, {"env", "conda config --add channels "}, {"env", "conda env create -f "}, {"env", "pip install "}, {"env", "git clone "}, {"env", "export A="},
	{"cmd", ""}, {"cmd", "python "}, {"cmd", "A=1 "},
}

func TestInjectionsNeverBecomeArguments(t *testing.T) {
	hostile := slices.Concat(shellInjections, argumentInjections)
	if len(shellInjections) < 120 || len(argumentInjections) < 60 {
		t.Fatalf("%d and %d strings", len(shellInjections), len(argumentInjections))
	}
	for _, text := range hostile {
		for _, f := range frames {
			config, err := json.Marshal(map[string]string{f.field: f.before + text})
			if err != nil {
				t.Fatal(err)
			}
			d, diagnostics := parse(t, string(config), "python")
			for _, argument := range arguments(d) {
				if why := unsafe(argument); why != "" {
					t.Errorf("%s: the argument %q %s", config, argument, why)
				}
			}
			if consent := len(d.Commands) > 0 || d.Program != nil && !d.Program.Plain; consent && !slices.ContainsFunc(diagnostics, isCode("requirement-command")) {
				t.Errorf("%s: a command is not told", config)
			}
			for _, c := range d.Commands {
				if bare := strings.Trim(string(config), `{}"`); !strings.ContainsAny(bare, `'"`) && strings.ContainsAny(strings.Join(c.Words, ""), ";|&$`<>\n") {
					t.Errorf("%s: the command %q keeps a character of the shell", config, c.Words)
				}
			}
		}
	}
}

// TestInjectionsAreTold checks the three ways packages are named most: each string
// there is an error that points into the string.
func TestInjectionsAreTold(t *testing.T) {
	for _, before := range []string{"pip: six ", "conda: six ", "repo: https://h.example/x d "} {
		for _, text := range shellInjections {
			config, _ := json.Marshal(map[string]any{"requirements": []string{before + text}})
			d, diagnostics := parse(t, string(config), "python")
			i := slices.IndexFunc(diagnostics, func(d source.Diagnostic) bool { return d.Severity == source.Error })
			if i < 0 {
				t.Errorf("%s: accepted as\n%s", config, show(d))
				continue
			}
			if at := diagnostics[i].Place.Span; at.Len() == 0 || at.Start < len(`{"requirements":["`) {
				t.Errorf("%s: the error is at %v", config, at)
			}
		}
	}
}

func isCode(code string) func(source.Diagnostic) bool {
	return func(d source.Diagnostic) bool { return d.Code == code }
}

// arguments are all words that programs would get without anybody's consent.
func arguments(d *Declaration) (list []string) {
	for _, p := range d.Pip {
		list = append(list, p.String())
		for _, option := range p.Options {
			if !slices.Contains([]string{"--upgrade", "--pre", "--no-deps"}, option) {
				list = append(list, "option "+option)
			}
		}
	}
	for _, p := range d.Conda {
		list = append(list, p.CondaSpec())
	}
	for _, c := range d.Channels {
		list = append(list, c.Name)
	}
	for _, f := range d.EnvFiles {
		list = append(list, f.Path)
	}
	for _, r := range d.Repos {
		list = append(list, r.URL, r.Dir)
		if r.Ref != "" {
			list = append(list, r.Ref)
		}
	}
	if d.Python != nil {
		list = append(list, "python"+d.Python.Constraint)
	}
	if d.EnvName != "" {
		list = append(list, d.EnvName)
	}
	for _, v := range d.Variables {
		list = append(list, v.Name)
	}
	if d.Program != nil && d.Program.Plain {
		for _, w := range d.Program.Words {
			if !pythonOption().MatchString(w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// unsafe says why an argument is not harmless, "" if it is. A marker and a specifier
// have their own, validated characters.
func unsafe(argument string) string {
	if argument == "" || strings.HasPrefix(argument, "-") || strings.HasPrefix(argument, "option ") {
		return "is no package"
	}
	if strings.HasPrefix(argument, "/") || strings.HasPrefix(argument, "~") || strings.HasPrefix(argument, "../") || strings.Contains(argument, "/../") || strings.HasSuffix(argument, "/..") || strings.Contains(argument, ".git/") {
		return "is a path that leads out"
	}
	head, marker, _ := strings.Cut(argument, " ; ")
	if strings.ContainsAny(head, ";|$`\n\r\t\\'\"(){}?#") && !strings.Contains(head, "#sha256=") && !strings.Contains(head, "#subdirectory=") && !strings.Contains(head, "?") {
		return "has a character of the shell"
	}
	if strings.ContainsAny(marker, ";|$`\n\r\\&{}*?#~") {
		return "has a marker with a character of the shell"
	}
	for _, scheme := range []string{"file:", "git+ext:", "ssh:", "http://", "git:", "ftp:"} {
		if strings.Contains(head, scheme) {
			return "is fetched from " + scheme
		}
	}
	return ""
}

func FuzzParse(f *testing.F) {
	for _, text := range slices.Concat(shellInjections, argumentInjections) {
		f.Add(text)
	}
	for _, text := range []string{"numpy>=1,<2; python_version < '3.9'", "conda: -c x::y numpy=1.0", "repo: https://h/x d", "git+https://h/x@1234567#egg=y[z]&subdirectory=a", "pip: 'a b' \"c\"", "cmd: a && b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil || strings.Contains(string(quoted), `\ufffd`) {
			return
		}
		config := fmt.Sprintf(`{"requirements": [%s], "env": [%s], "cmd": %s}`, quoted, quoted, quoted)
		for _, language := range []string{"python", "web-python", "web-worker", "window"} {
			d, diagnostics := parse(t, config, language)
			for _, argument := range arguments(d) {
				if why := unsafe(argument); why != "" {
					t.Fatalf("%s: the argument %q %s", config, argument, why)
				}
			}
			for _, diagnostic := range diagnostics {
				if s := diagnostic.Place.Span; s.Start < 0 || s.End < s.Start || s.End > len(config) {
					t.Fatalf("%s: %s at %v", config, diagnostic.Code, s)
				}
			}
			again, _ := parse(t, config, language)
			if string(again.Canonical()) != string(d.Canonical()) {
				t.Fatalf("%s: two readings differ", config)
			}
			reparse(t, d)
		}
	})
}

// reparse reads what a package prints: it must be the same package.
func reparse(t *testing.T, d *Declaration) {
	t.Helper()
	for _, p := range d.Pip {
		if p.Path != "" || p.Implied {
			continue
		}
		quoted, _ := json.Marshal(map[string]string{"requirements": p.String()})
		again, diagnostics := parse(t, string(quoted), "python")
		if len(again.Pip) != 1 || again.Pip[0].String() != p.String() {
			t.Fatalf("%s is read as %s, %v", p, show(again), diagnostics)
		}
	}
}
