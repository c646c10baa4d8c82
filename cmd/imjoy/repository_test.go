package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// machine is a person's machine with a terminal, or without.
type machine struct {
	*testing.T
	dir    string // holds the home and the working folder
	env    map[string]string
	tty    bool
	answer string
	commit string        // that the main branch of its GitHub is at
	hangs  chan struct{} // closed when a server was asked for what it never answers
}

func newMachine(t *testing.T) *machine {
	dir := t.TempDir()
	for _, name := range []string{"work", "outside"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	m := &machine{T: t, dir: dir, env: map[string]string{"IMJOY_HOME": filepath.Join(dir, "home"), "IMJOY_PYTHON_ENV": "none"}}
	m.write("../outside/canary", "alive")
	return m
}

func (m *machine) write(name, text string) {
	m.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, "work", name), []byte(text), 0o600); err != nil {
		m.Fatal(err)
	}
}

// imjoy runs the program in this process.
func (m *machine) imjoy(args ...string) (code int, stdout, stderr string) {
	m.Helper()
	var out, talk bytes.Buffer
	a := &app.App{
		Stdin: strings.NewReader(m.answer), Stdout: &out, Stderr: &talk, StdinTTY: m.tty, StdoutTTY: m.tty, StderrTTY: m.tty,
		Env: func(name string) string { return m.env[name] }, Dir: filepath.Join(m.dir, "work"), Now: time.Now,
	}
	code = run(m.Context(), a, args)
	return code, out.String(), talk.String()
}

func (m *machine) installed() []string {
	m.Helper()
	_, out, _ := m.imjoy("list", "--json")
	var list struct{ Plugins []struct{ Name string } }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		m.Fatalf("%v in %s", err, out)
	}
	names := []string{}
	for _, p := range list.Plugins {
		names = append(names, p.Name)
	}
	return names
}

const testPlugin = "<config lang=\"json\">\n{\"name\": %q, \"type\": %q, \"version\": \"1.0.0\", \"api_version\": \"0.1.8\", \"description\": \"d\"}\n</config>\n<script lang=%q>\napi.export({setup() {}, run() {}})\n</script>\n"

func pythonPlugin(name string) string {
	return strings.Replace(fmt.Sprintf(testPlugin, name, "native-python", "python"), "api.export({setup() {}, run() {}})", "api.export(None)", 1)
}

func scriptPlugin(name string) string {
	quoted, _ := json.Marshal(name)
	return strings.Replace(fmt.Sprintf(testPlugin, "NAME", "web-worker", "javascript"), `"NAME"`, string(quoted), 1)
}

func TestInstallAsksOnATerminal(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		tty          bool
		flags        []string
		code         int
		asked        bool
	}{
		{"yes", "y\n", true, nil, exitFine, true},
		{"no", "n\n", true, nil, exitRefused, true},
		{"return", "\n", true, nil, exitRefused, true},
		{"end of input", "", true, nil, exitRefused, true},
		{"no terminal", "y\n", false, nil, exitRefused, false},
		{"--yes", "", false, []string{"--yes"}, exitFine, false},
		{"--dry-run", "", false, []string{"--dry-run"}, exitFine, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			m.tty, m.answer = test.tty, test.answer
			m.write("p.imjoy.html", pythonPlugin("Py"))
			code, _, stderr := m.imjoy(append([]string{"install", "p.imjoy.html"}, test.flags...)...)
			if code != test.code || strings.Contains(stderr, "[y/N]") != test.asked {
				t.Errorf("exit %d, want %d: %s", code, test.code, stderr)
			}
			if sheet := strings.Contains(stderr, "run Python"); sheet == (test.name == "--yes") {
				t.Errorf("the sheet: %s", stderr)
			}
			if is := len(m.installed()) == 1; is != (test.code == exitFine && test.name != "--dry-run") {
				t.Errorf("installed: %v", m.installed())
			}
		})
	}
	m := newMachine(t)
	m.tty, m.answer, m.env["CI"] = true, "y\n", "true"
	m.write("p.imjoy.html", pythonPlugin("Py"))
	if code, _, stderr := m.imjoy("install", "p.imjoy.html"); code != exitRefused || strings.Contains(stderr, "[y/N]") {
		t.Errorf("CI: exit %d: %s", code, stderr)
	}
}

var hostileNames = []string{
	"..", ".", "../../outside/canary", "/etc/passwd", `..\..\outside`, `C:\x`, "a/b", "CON", "NUL", "name.", "-rf", "--force", "~", "$HOME", "`id`", "$(id)", "; rm -rf ~", "%2e%2e",
	"a\x00b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "x\r\ny", "x\ny", "\x07bell", "\x7f", "\b\b\b", "\tx",
	"\u202egnp.exe", "\u2066x", "a\u200bb", "\ufeffx", "\u2028x", "\u0430dmin", "é", "e\u0301", "ﬁ", "Ａ", "🙂", "\u00a0x", "\u3164", "\U000e0041",
	strings.Repeat("n", 300), strings.Repeat("é", 150), " x", "x ", "", "a:b", "a@b", "x.imjoy.html", "http://x/y", "owner/repo:Name", "@", ":", "*", "?", "|", "\"", "'", "<b>", "a\\nb", "\\x1b", "…",
}

// TestHostileNamesOnEveryCommand: whatever a plugin calls itself, or a record says,
// nothing outside of the store changes and the terminal gets no control codes.
func TestHostileNamesOnEveryCommand(t *testing.T) {
	if len(hostileNames) < 60 {
		t.Fatalf("only %d names", len(hostileNames))
	}
	m := newMachine(t)
	check := func(what, name, text string) {
		t.Helper()
		if i := strings.IndexFunc(text, func(r rune) bool {
			return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0x2028
		}); i >= 0 {
			t.Errorf("%s of %q: %q", what, name, text)
		}
	}
	for _, name := range hostileNames {
		m.write("x.imjoy.html", scriptPlugin(name))
		for _, args := range [][]string{
			{"install", "x.imjoy.html"}, {"info", "x.imjoy.html"}, {"list"}, {"info", name}, {"install", name, "--offline"}, {"uninstall", name}, {"info", "lab/p:" + name, "--offline"},
		} {
			if strings.ContainsRune(name, 0) && args[1%len(args)] == name {
				continue // no process gets such an argument
			}
			_, stdout, stderr := m.imjoy(args...)
			check("stdout of "+args[0], name, stdout)
			check("stderr of "+args[0], name, stderr)
		}
		m.forge(name)
		for _, args := range [][]string{{"list"}, {"list", "--json"}, {"uninstall", name}, {"uninstall", "--force", "--", name}} {
			_, stdout, stderr := m.imjoy(args...)
			if args[len(args)-1] != "--json" { // JSON carries names as they are, escaped where JSON demands it
				check("stdout of "+args[0], name, stdout)
			} else if strings.ContainsRune(stdout, 0x1b) {
				t.Errorf("JSON of %q has an escape byte", name)
			}
			check("stderr of "+args[0], name, stderr)
		}
	}
	if got := m.installed(); len(got) > 1 { // the empty name cannot be uninstalled
		t.Errorf("left: %q", got)
	}
	for _, dir := range []string{"", "outside", "work"} {
		entries, err := os.ReadDir(filepath.Join(m.dir, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.Contains(" home outside work canary x.imjoy.html ", " "+e.Name()+" ") {
				t.Errorf("a file was made outside of the store: %s", filepath.Join(dir, e.Name()))
			}
		}
	}
}

// forge puts a record of that name into the store, as an attacker of the store
// would who cannot break the checksum's format but can write files.
func (m *machine) forge(name string) {
	m.Helper()
	s, err := store.Open(m.env["IMJOY_HOME"], store.Options{What: "forge"})
	if err != nil {
		m.Fatal(err)
	}
	defer s.Close()
	change, err := s.Begin(m.Context(), name)
	if err != nil {
		m.Fatal(err)
	}
	defer change.Close()
	sum, err := change.Put([]byte(scriptPlugin(name)))
	if err != nil {
		m.Fatal(err)
	}
	version := store.Version{SHA256: sum, Number: "1\x1b[31m", Tag: "\u202e", Type: "\x07", URL: "\x1b[2J", Address: "x", Commit: "\x1b\x1b"}
	if err := change.Save(&store.Record{Name: name, Origin: "\x1b[0m", Version: version}); err != nil && name != "" {
		m.Errorf("%q: %v", name, err)
	}
	if err := change.Commit(); err != nil {
		m.Error(err)
	}
}

// gitHub serves a repository whose main branch has the given files.
func (m *machine) gitHub(files map[string]string) *httptest.Server {
	m.Helper()
	m.commit = "0123456789abcdef0123456789abcdef01234567"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, raw := strings.CutPrefix(r.URL.Path, "/raw/lab/p/"+m.commit+"/")
		switch text, ok := files[name]; {
		case r.URL.Path == "/api/repos/lab/p/commits/HEAD":
			fmt.Fprint(w, m.commit)
		case raw && ok && text == "hang":
			close(m.hangs)
			<-r.Context().Done()
		case raw && ok:
			fmt.Fprint(w, text)
		default:
			http.NotFound(w, r)
		}
	}))
	m.Cleanup(s.Close)
	m.env["IMJOY_MIRRORS"] = "https://raw.githubusercontent.com=" + s.URL + "/raw,https://api.github.com=" + s.URL + "/api"
	return s
}

// process starts the real program.
func (m *machine) process(args ...string) (*exec.Cmd, *bytes.Buffer) {
	m.Helper()
	cmd := exec.Command("imjoy", args...)
	cmd.Dir = filepath.Join(m.dir, "work")
	cmd.Env = os.Environ()
	for name, value := range m.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	return cmd, &out
}

// generation makes Main and Helper, on which it depends, the n-th of their kind, in a
// commit of its own: what a commit holds never changes, and is kept by whoever read it.
func (m *machine) generation(files map[string]string, n int) {
	m.commit = fmt.Sprintf("%040x", n+1)
	number := fmt.Sprintf(`"version": "1.0.%d"`, n)
	for name, more := range map[string]string{"Main": `"dependencies": ["Helper"], `, "Helper": ""} {
		text := strings.Replace(scriptPlugin(name), `"version": "1.0.0"`, more+number, 1)
		files[name+".imjoy.html"] = text
	}
}

// versions are the versions of the installed plugins by name, which must all be whole.
func (m *machine) versions() (map[string]string, error) {
	code, out, stderr := m.imjoy("list", "--json")
	var list struct {
		Plugins []struct{ Name, Version string }
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != exitFine {
		return nil, fmt.Errorf("list: exit %d, %v: %s", code, err, stderr)
	}
	found := map[string]string{}
	for _, p := range list.Plugins {
		found[p.Name] = p.Version
	}
	if code, out, stderr := m.imjoy("verify"); code != exitFine {
		return nil, fmt.Errorf("verify: exit %d: %s%s", code, out, stderr)
	}
	return found, nil
}

// TestKilledInstall kills the program at random moments of an installation from a
// server. What is installed is whole each time, and the next installation works.
func TestKilledInstall(t *testing.T) {
	kills := 8
	if long() {
		kills = 200
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	luck := rand.New(rand.NewPCG(seed, 1))
	m := newMachine(t)
	files := map[string]string{"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}, {"name": "Helper", "type": "x"}]}`}
	m.gitHub(files)
	for kill := range kills {
		m.generation(files, kill)
		cmd, _ := m.process("install", "lab/p:Main")
		time.Sleep(time.Duration(luck.IntN(80)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		for _, name := range m.installed() {
			if code, _, stderr := m.imjoy("info", name); code != exitFine {
				t.Errorf("kill %d: info %s: exit %d: %s", kill, name, code, stderr)
			}
		}
		if found, err := m.versions(); err != nil || found["Main"] != found["Helper"] {
			t.Errorf("kill %d: %v, %v", kill, found, err)
		}
	}
	m.generation(files, kills) // what changes nothing sweeps nothing
	cmd, out := m.process("install", "lab/p:Main", "--json")
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if staged, _ := filepath.Glob(filepath.Join(m.env["IMJOY_HOME"], ".staging", "*")); len(staged) > 0 {
		t.Errorf("left in staging: %v", staged)
	}
	if got := m.installed(); len(got) != 2 {
		t.Errorf("installed: %v", got)
	}
}

// TestSignalledInstall sends SIGINT or SIGTERM at random moments of an installation.
// The program ends soon with the code of the signal, or was done; nothing is left on
// its way, and what is installed is whole.
func TestSignalledInstall(t *testing.T) {
	signals := 10
	if long() {
		signals = 200
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	luck := rand.New(rand.NewPCG(seed, 2))
	m := newMachine(t)
	files := map[string]string{"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}, {"name": "Helper", "type": "x"}]}`}
	m.gitHub(files)
	ended := map[int]int{}
	for n := range signals {
		m.generation(files, n)
		cmd, out := m.process("install", "lab/p:Main")
		time.Sleep(time.Duration(luck.IntN(60)) * time.Millisecond)
		signal, code := os.Signal(os.Interrupt), exitInterrupted
		if n%2 == 1 {
			signal, code = syscall.SIGTERM, 143
		}
		start := time.Now()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Skipf("this system cannot signal a process: %v", err)
		}
		cmd.Wait()
		got := cmd.ProcessState.ExitCode()
		if got == -1 { // before main began
			got = code
		}
		ended[got]++
		if took := time.Since(start); got != exitFine && got != code || took > 10*time.Second {
			t.Errorf("signal %d: exit %d after %v: %s", n, got, took, out)
		}
		for _, pattern := range []string{".staging/*", "journal/*", "cache/*/.new-*"} {
			if left, _ := filepath.Glob(filepath.Join(m.env["IMJOY_HOME"], pattern)); len(left) > 0 {
				t.Errorf("signal %d: left: %v", n, left)
			}
		}
		if found, err := m.versions(); err != nil || found["Main"] != found["Helper"] {
			t.Errorf("signal %d: %v, %v", n, found, err)
		}
	}
	t.Logf("exit codes: %v", ended)
}

// TestInterruptedInstall presses Ctrl-C while a server is silent.
func TestInterruptedInstall(t *testing.T) {
	if _, err := exec.LookPath("imjoy"); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	m.gitHub(map[string]string{"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}]}`, "Main.imjoy.html": "hang"})
	m.hangs = make(chan struct{})
	cmd, out := m.process("install", "lab/p:Main")
	select {
	case <-m.hangs:
	case <-time.After(30 * time.Second):
		t.Fatal("the file was never asked for")
	}
	start := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Skipf("this system cannot interrupt a process: %v", err)
	}
	cmd.Wait()
	if took := time.Since(start); cmd.ProcessState.ExitCode() != exitInterrupted || took > 10*time.Second {
		t.Errorf("exit %v after %v: %s", cmd.ProcessState, took, out)
	}
	left, _ := os.ReadDir(m.env["IMJOY_HOME"])
	for _, entry := range left {
		if entry.Name() != "cache" { // whole answers of the server, for the next time
			t.Errorf("something was written: %s", entry.Name())
		}
	}
	if begun, _ := filepath.Glob(filepath.Join(m.env["IMJOY_HOME"], "cache", "*", ".new-*")); len(begun) > 0 {
		t.Errorf("left in the cache: %v", begun)
	}
}

func TestRepositoryExitCodes(t *testing.T) {
	m := newMachine(t)
	m.gitHub(map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}, {"name": "Far", "type": "x", "uri": "https://evil.example/x.imjoy.html"}, {"name": "Gone", "type": "x"}, {"name": "Broken", "type": "x"}]}`,
		"Main.imjoy.html":     scriptPlugin("Main"),
		"Broken.imjoy.html":   scriptPlugin("Broken") + "\x00",
	})
	m.write("main.imjoy.html", scriptPlugin("Main"))
	for _, step := range []struct {
		args string
		code int
		says string
	}{
		{"install lab/p:Main", exitFine, ""},
		{"install main.imjoy.html", exitRefused, "another plugin"},
		{"install lab/p:Far", exitRefused, "--allow-net evil.example"},
		{"install lab/p:Gone", exitMissing, "404"},
		{"install lab/p:Broken", exitRefused, "refused"},
		{"install lab/p:Mian", exitMissing, `did you mean "Main"?`},
		{"install lab/p:Elsewhere", exitMissing, "it has Main, Far, Gone, Broken"},
		{"install lab/p", exitUsage, "say which: lab/p:Main"},
		{"install lab/none:Main", exitMissing, "404"},
		{"install other:Main", exitUsage, "no repository is known"},
		{"install lab/p:collection/X", exitMissing, "collection/X"},
		{"install git+http://host.example/x.git:Main", exitMissing, "only https"},
		{"install a/b/c/d:e", exitUsage, "is not an address"},
		{"install lab/p:Main@X", exitUsage, "X"},
		{"install lab/p:Main --nonsense", exitUsage, "nonsense"},
		{"install Main --offline", exitMissing, "offline"},
		{"install nowhere.imjoy.html", exitMissing, "nowhere.imjoy.html"},
		{"install https://169.254.169.254/x.imjoy.html", exitRefused, "--allow-net"},
		{"info Main", exitFine, ""},
		{"info Nobody", exitMissing, "Nobody"},
		{"uninstall Nobody", exitMissing, "Nobody"},
		{"uninstall Main", exitFine, ""},
		{"list", exitFine, ""},
	} {
		code, _, stderr := m.imjoy(strings.Fields(step.args)...)
		if code != step.code || !strings.Contains(stderr, step.says) {
			t.Errorf("imjoy %s: exit %d, want %d: %s", step.args, code, step.code, stderr)
		}
	}
	m.write("main.imjoy.html", scriptPlugin("Main"))
	m.imjoy("install", "main.imjoy.html")
	records, _ := filepath.Glob(filepath.Join(m.env["IMJOY_HOME"], "records", "*"))
	for _, record := range records {
		if err := os.WriteFile(record, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := m.imjoy("list"); code != exitFindings || !strings.Contains(stderr, "corrupt") {
		t.Errorf("a corrupt record: exit %d: %s", code, stderr)
	}
	if code, _, stderr := m.imjoy("info", "Main"); code != exitRefused {
		t.Errorf("a corrupt record: exit %d: %s", code, stderr)
	}
	m.env["IMJOY_MIRRORS"] = "nonsense"
	if code, _, stderr := m.imjoy("list"); code != exitUsage {
		t.Errorf("IMJOY_MIRRORS: exit %d: %s", code, stderr)
	}
}

func TestNamesAreCompleted(t *testing.T) {
	m := newMachine(t)
	for _, name := range []string{"Blur", "Blend", "Count"} {
		m.write("x.imjoy.html", fmt.Sprintf(testPlugin, name, "web-worker", "javascript"))
		if code, _, stderr := m.imjoy("install", "x.imjoy.html"); code != exitFine {
			t.Fatal(stderr)
		}
	}
	for words, want := range map[string]string{
		"info Bl":           "Blend\td\nBlur\td\n:0\n",
		"info Blur C":       ":4\n",
		"run Bl":            "Blend\td\nBlur\td\n:0\n",
		"run Blur Bl":       ":0\n",
		"uninstall Blur Bl": "Blend\td\n:4\n",
	} {
		_, stdout, _ := m.imjoy(append([]string{"__complete"}, strings.Fields(words)...)...)
		if stdout != want {
			t.Errorf("imjoy %s: %q instead of %q", words, stdout, want)
		}
	}
}

func TestAnAddressToCopyIsQuoted(t *testing.T) {
	for name, want := range map[string]string{"Blur": "say which: a/b:Blur", "3D Histogram": `say which: "a/b:3D Histogram"`} {
		if got := choiceHint(&repository.ChoiceError{Address: "a/b", Names: []string{name}}); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
