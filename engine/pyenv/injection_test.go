package pyenv

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// fake is a program that keeps its arguments and does the least that its callers need:
// what an injection reaches is seen in the log, whichever installer it was meant for.
// The real uv, venv, pip and git run in the other tests; a conda cannot be had on the
// machines that run these.
const fake = `#!/bin/sh
{ printf '%s\0' "$(basename "$0")" "$@"; printf '\n\0'; } >> "LOG"
case "$(basename "$0") $*" in
uv\ venv*) for last; do :; done; mkdir -p "$last/bin"; ln -s PYTHON "$last/bin/python" ;;
conda\ create*) while [ "$1" != --prefix ]; do shift; done; mkdir -p "$2/bin"; ln -s PYTHON "$2/bin/python" ;;
conda\ list*) echo 'https://conda.example/linux-64/python-3.11.0-0.conda#0123456789abcdef0123456789abcdef' ;;
uv\ pip\ compile*) { printf 'stdin\0'; cat; printf '\n\0'; } >> "LOG" ;;
git*rev-parse*) echo 0123456789abcdef0123456789abcdef01234567 ;;
git*init*) for last; do :; done; mkdir -p "$last" ;;
python*-I\ -B\ -c*) echo '{"path": "PYTHON", "version": "3.11.4", "platform": "linux-x86_64"}' ;;
python*venv*) for last; do :; done; mkdir -p "$last/bin" "$last/lib/python3/site-packages/pip"; ln -s PYTHON "$last/bin/python"; : > "$last/lib/python3/site-packages/pip/__pip-runner__.py" ;;
python*--report=*) for a; do case "$a" in --report=*) echo '{"install": []}' > "${a#--report=}";; esac; done ;;
esac
exit 0
`

// fakes gives a world programs that only keep their arguments.
func (w *world) fakes(names ...string) (log string) {
	w.t.Helper()
	log = filepath.Join(w.dir, "log")
	python := filepath.Join(w.vars["PATH"], "python3")
	text := strings.NewReplacer("LOG", log, "PYTHON", python).Replace(fake)
	for _, name := range append(names, "python3") {
		if err := os.WriteFile(filepath.Join(w.vars["PATH"], name), []byte(text), 0o700); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, name := range []string{"basename", "mkdir", "ln", "cat", "sh"} {
		w.link(name)
	}
	return log
}

// commands are what the fakes were called with.
func commands(t *testing.T, log string) (list [][]string) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, call := range strings.Split(string(text), "\n\x00") {
		if call = strings.TrimSuffix(call, "\x00"); call != "" {
			list = append(list, strings.Split(call, "\x00"))
		}
	}
	return list
}

// ours are the options that the installers get from here.
var ours = regexp.MustCompile(`^(--(color=never|no-index|no-progress|no-project|only-binary=:all:|generate-hashes|no-header|no-annotate|no-deps|prerelease=allow|pre|python=/.*|link-mode=copy|compile-bytecode|requirements?=/.*|require-hashes|seed|without-pip|no-color|disable-pip-version-check|progress-bar=off|dry-run|ignore-installed|report=/.*|yes|quiet|prefix|explicit|md5|channel=[A-Za-z0-9].*|template=|depth=1|no-tags|detach|verify)|--|-I|-B|-m|-c|-C|-)$`)

// TestInjectionsReachNoProgram makes environments of what hostile strings leave of a
// declaration, with every backend: no shell runs, and no program gets an option, a
// path or a character of the shell that a plugin wrote.
func TestInjectionsReachNoProgram(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the fakes are scripts of a Unix shell")
	}
	var lists struct{ Shell, Arguments []string }
	text, err := os.ReadFile("../../tags/requirement/testdata/injections.json")
	if err == nil {
		err = json.Unmarshal(text, &lists)
	}
	if err != nil || len(lists.Shell) < 120 || len(lists.Arguments) < 60 {
		t.Fatalf("%d and %d strings, %v", len(lists.Shell), len(lists.Arguments), err)
	}
	var mu sync.Mutex
	reached := 0
	var group sync.WaitGroup
	for _, backend := range []string{UV, Venv, Conda} {
		w := newWorld(t)
		_ = os.Remove(filepath.Join(w.dir, "envs", ".tools"))
		log := w.fakes("uv", "conda", "git")
		e := w.open(func(o *Options) { o.Backend = backend; o.AllowBuild = true; o.WorkDir = w.dir })
		group.Go(func() {
			for n, hostile := range slices.Concat(lists.Shell, lists.Arguments) {
				for _, field := range []string{"requirements", "env", "cmd", "pip", "conda", "repo"} {
					d := declareHostile(t, field, hostile)
					if d == nil || len(d.Commands) > 0 {
						continue // a command is asked about: TestConsent
					}
					if !Needed(d) || len(d.Refused) > 0 && len(d.Pip)+len(d.Conda)+len(d.Repos) == 0 {
						continue
					}
					d.Refused, d.EnvFiles = nil, nil // as if nobody had minded them
					ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
					env, err := e.Make(ctx, d, nil, fmt.Sprintf("%d", n))
					cancel()
					mu.Lock()
					if reached++; err == nil {
						env.Release()
					}
					mu.Unlock()
				}
			}
			for _, call := range commands(t, log) {
				checkCall(t, call)
			}
		})
		t.Cleanup(func() {
			for _, dir := range []string{w.dir, "."} {
				if _, err := os.Stat(filepath.Join(dir, "sentinel")); err == nil {
					t.Errorf("a sentinel in %s", dir)
				}
			}
		})
	}
	group.Wait()
	if reached < 30 {
		t.Errorf("only %d declarations were made: the test says nothing", reached)
	}
}

// declareHostile puts a string where a config could have it.
func declareHostile(t *testing.T, field, hostile string) *requirement.Declaration {
	config := map[string]any{"requirements": []string{"six", hostile}}
	switch field {
	case "env":
		config = map[string]any{"env": []string{"conda create -n x six " + hostile}}
	case "cmd":
		config = map[string]any{"cmd": "python " + hostile, "requirements": "six"}
	case "pip":
		config["requirements"] = []string{"pip: six " + hostile}
	case "conda":
		config["requirements"] = []string{"conda: six " + hostile}
	case "repo":
		config["requirements"] = []string{"repo: https://git.example/x " + hostile}
	}
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return declare(t, string(text))
}

// checkCall looks at one call of a program.
func checkCall(t *testing.T, call []string) {
	if call[0] == "stdin" {
		for line := range strings.Lines(strings.Join(call[1:], "\x00")) {
			if strings.HasPrefix(line, "-") || strings.ContainsAny(line, "`$\\{}|&<;\x00") && !strings.Contains(line, " ; ") && !regexp.MustCompile(`[a-z](<|<=|!=|,|>=)+[0-9]`).MatchString(line) {
				t.Errorf("a requirement for uv: %q", line)
			}
		}
		return
	}
	for i, word := range call[1:] {
		before := call[i]
		switch {
		case before == "-c" || before == "--prefix" || before == "-C": // ours
		case strings.HasPrefix(word, "-") && !ours.MatchString(word):
			t.Errorf("%s got the option %q: %q", call[0], word, call)
		case strings.ContainsAny(word, "`$\n\r|&") || strings.Contains(word, "sentinel") && strings.ContainsAny(word, "; ()<>"):
			t.Errorf("%s got %q", call[0], word)
		case strings.HasPrefix(word, "file:") || strings.HasPrefix(word, "git+file") || strings.HasPrefix(word, "git+ext") || strings.HasPrefix(word, "git+ssh"):
			t.Errorf("%s got %q", call[0], word)
		}
	}
}

func TestConda(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_ = os.Remove(filepath.Join(w.dir, "envs", ".tools"))
	log := w.fakes("conda")
	d := declare(t, `{"env": ["conda create -n x -c bioconda python=3.11 affogato=1.2", "conda config --add channels forge"], "requirements": ["conda: other::thing>=1,<2", "pip: six"]}`)
	e := w.open()
	s, err := e.Spec(context.Background(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Backend != Conda { // affogato can be had from nowhere else
		t.Fatalf("backend %s", s.Backend)
	}
	env, err := e.MakeSpec(context.Background(), s, "Test")
	if err != nil {
		t.Fatal(err)
	}
	defer env.Release()
	if len(env.Resolved.Conda) != 1 || env.Resolved.Python != "3.11.4" {
		t.Errorf("resolved %+v", env.Resolved)
	}
	calls := commands(t, log)
	want := fmt.Sprintf("conda create --yes --quiet --prefix %s/python --channel=forge --channel=bioconda --channel=other --channel=defaults python=3.11 pip affogato=1.2 other::thing>=1,<2", env.Dir)
	if got := strings.Join(calls[0], " "); got != want {
		t.Errorf("conda was called with\n%s, want\n%s", got, want)
	}
	locked := mustMake(t, w.open(func(o *Options) { o.Dir += "2" }), d, env.Resolved)
	calls = commands(t, log)
	if !slices.ContainsFunc(calls, func(call []string) bool {
		return len(call) > 2 && call[1] == "create" && call[len(call)-2] == "--file" && strings.HasPrefix(call[len(call)-1], locked.Dir)
	}) {
		t.Errorf("the lock is not what conda got: %q", calls)
	}
	if _, err := w.open(func(o *Options) { o.Python = "3.6" }).Spec(context.Background(), d, nil); err == nil {
		t.Error("conda may make a Python that cannot run plugins")
	}
}
