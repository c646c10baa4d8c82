package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo terminal: what is written to the first file is typed at the
// second.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// atTerminal runs the real program on a terminal of its own, where keys are typed, and
// what it says is kept.
func (m *machine) atTerminal(args ...string) (cmd *exec.Cmd, keys io.Writer, out *live) {
	m.Helper()
	person, program := openTerminal(m.T)
	out = &live{}
	cmd = exec.Command("imjoy", args...)
	cmd.Dir = filepath.Join(m.dir, "work")
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "CI=", "IMJOY_HOME="+m.env["IMJOY_HOME"])
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	go func() { _, _ = io.Copy(out, person) }() // until the terminal is closed
	m.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	return cmd, person, out
}

const askingPlugin = `<config lang="json">{"name": "Asks", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "permissions": ["net:HOST"]}</config>
<script lang="javascript">
api.export({ async run(ctx) {
	if (ctx.data === "net") return (await fetch("http://HOST/")).text()
	const form = await api.showDialog({name: "Crop", ui: [{"Width": {id: "width", type: "number", placeholder: 5}}]})
	return [await api.prompt("Name?"), await api.confirm("Sure?"), form.width]
} })
</script>
`

// TestPromptsOfATerminal types answers, and Ctrl-C, at a real terminal.
func TestPromptsOfATerminal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "it answered") }))
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	m := newMachine(t)
	m.write("asks.imjoy.html", strings.ReplaceAll(askingPlugin, "HOST", host))
	type typed struct{ after, keys string }
	for _, test := range []struct {
		name string
		args []string
		keys []typed
		code int
		want string
	}{
		{"answers", nil, []typed{{"Width", "7\r"}, {"Name?", "Ada\r"}, {"Sure?", "y\r"}}, exitFine, `["Ada",true,7]`},
		{"defaults and mistakes", nil, []typed{{"Width", "wide\r"}, {"number", "\r"}, {"Name?", "Ada\r"}, {"Sure?", "perhaps\r"}, {"please answer", "\r"}}, exitFine, `["Ada",false,5]`},
		{"some were answered before", []string{"--answer", "width=9", "--answer", "confirm=yes"}, []typed{{"Name?", "Ada\r"}}, exitFine, `["Ada",true,9]`},
		{"end of input", nil, []typed{{"Width", "\x04"}}, exitFindings, "canceled"},
		{"Ctrl-C at a prompt", nil, []typed{{"Width", "\x03"}}, exitInterrupted, ""},
		{"permission, once", []string{"--data", `"net"`}, []typed{{"Allow it?", "once\r"}}, exitFine, "it answered"},
		{"permission, Ctrl-C", []string{"--data", `"net"`}, []typed{{"Allow it?", "\x03"}}, exitInterrupted, ""},
		{"permission, no", []string{"--data", `"net"`}, []typed{{"Allow it?", "\r"}}, exitFindings, "may not connect"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &machine{T: t, dir: m.dir, env: m.env}
			cmd, keys, out := m.atTerminal(append([]string{"run", "asks.imjoy.html"}, test.args...)...)
			for _, one := range test.keys {
				out.until(t, one.after, 1)
				if _, err := io.WriteString(keys, one.keys); err != nil {
					t.Fatal(err)
				}
			}
			if code := ends(t, cmd, out); code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, out)
			}
			if test.want != "" {
				out.until(t, test.want, 1)
			}
			if strings.Contains(out.String(), "it answered") && test.code != exitFine {
				t.Errorf("it reached the server: %s", out)
			}
		})
	}
}
