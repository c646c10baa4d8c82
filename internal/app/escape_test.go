package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/workspace"
)

// TestMain lets the test binary be the worker of its own plugins.
func TestMain(m *testing.M) {
	if engine.ServeWorker(os.Args) {
		return
	}
	os.Exit(m.Run())
}

// escape is something that a script tries beyond its permissions.
type escape struct {
	name string
	// had are permissions it has that must not be enough, needs those that are.
	had, needs string
	// script answers "reached" when it got there. $D is a folder of this machine, $H
	// the host and port of a server on it, $R of one that sends on to that.
	script string
}

// The escapes: at files of this machine, at its network.
var escapes = []escape{
	// Reading.
	{"read", "", "read:$D/secret", `return text(await fm.getFile('$D/secret/key'))`},
	{"read by an object", "", "read:$D/secret", `return text(await fm.getFile({path: '$D/secret/key'}))`},
	{"read the file itself", "", "read:$D/secret/key", `return text(await fm.getFile('$D/secret/key'))`},
	{"read beside what is granted", "read:$D/open", "read:$D/secret", `return text(await fm.getFile('$D/secret/key'))`},
	{"read a longer name", "read:$D/sec", "read:$D/secret", `return text(await fm.getFile('$D/secret/key'))`},
	{"read up and down", "read:$D/open", "read:$D/secret", `return text(await fm.getFile('$D/open/../secret/key'))`},
	{"read through dots and slashes", "read:$D/open", "read:$D/secret", `return text(await fm.getFile('$D//open/./..///secret/key'))`},
	{"read a link", "read:$D/open", "read:$D/open read:$D/secret", `return text(await fm.getFile('$D/open/link'))`},
	{"read below a linked folder", "read:$D/open", "read:$D/open read:$D/secret", `return text(await fm.getFile('$D/open/dir/key'))`},
	{"read a chain of links", "read:$D/open", "read:$D/open read:$D/secret", `return text(await fm.getFile('$D/open/chain'))`},
	{"read a link of one denied", "read:$D !read:$D/secret", "read:$D", `return text(await fm.getFile('$D/open/link'))`},
	{"read what is denied", "read !read:$D/secret", "read", `return text(await fm.getFile('$D/secret/key'))`},
	{"read with the right to write", "write:$D", "read:$D", `return text(await fm.getFile('$D/secret/key'))`},
	{"read with another kind's right", "net run env", "read", `return text(await fm.getFile('$D/secret/key'))`},
	{"list", "", "read:$D/secret", `return (await fm.listFiles('$D/secret')).some(f => f.name === 'key') && 'reached'`},
	{"list a linked folder", "read:$D/open", "read:$D/open read:$D/secret", `return (await fm.listFiles('$D/open/dir')).some(f => f.name === 'key') && 'reached'`},
	{"list the folder above", "read:$D/secret", "read:$D", `return (await fm.listFiles('$D')).some(f => f.name === 'secret') && 'reached'`},
	{"leave the own folder", "", "read:$D/secret", `try { return text(await fm.getFile('../../secret/key')) } catch { return text(await fm.getFile('$D/secret/key')) }`},
	// Writing; what was written is looked at from outside, by the name "written".
	{"write", "", "write:$D/drop", `await fm.putFile('x', '$D/drop/written'); return 'reached'`},
	{"write with the right to read", "read:$D", "write:$D", `await fm.putFile('x', '$D/drop/written'); return 'reached'`},
	{"write up", "write:$D/open", "write:$D", `await fm.putFile('x', '$D/open/../drop/written'); return 'reached'`},
	{"write below a linked folder", "write:$D/open", "write:$D/open write:$D/drop", `await fm.putFile('x', '$D/open/drop/written'); return 'reached'`},
	{"write what is denied", "write !write:$D/drop", "write", `await fm.putFile('x', '$D/drop/written'); return 'reached'`},
	{"remove", "", "write:$D/drop", `await fm.removeFile('$D/drop/old'); return 'reached'`},
	{"remove with the right to read", "read", "write", `await fm.removeFile('$D/drop/old'); return 'reached'`},
	// The network.
	{"fetch", "", "net:$H", `return (await fetch('http://$H/')).text()`},
	{"fetch another port", "net:127.0.0.1:1", "net:$H", `return (await fetch('http://$H/')).text()`},
	{"fetch this machine with the whole net", "net", "net:$H", `return (await fetch('http://$H/')).text()`},
	{"fetch by another spelling", "net:example.org", "net:$H", `return (await fetch('http://' + '$H'.replace('127.0.0.1', '0x7f.1') + '/').catch(() => fetch('http://$H/'))).text()`},
	{"fetch what is denied", "net:$H !net:127.0.0.1", "net:$H", `return (await fetch('http://$H/')).text()`},
	{"post", "", "net:$H", `return (await fetch('http://$H/', {method: 'POST', body: 'secret'})).text()`},
	{"fetch a Request", "", "net:$H", `return (await fetch(new Request('http://$H/'))).text()`},
	{"fetch with credentials", "", "net:$H", `return (await fetch('http://$H/', {headers: {authorization: 'Bearer x'}})).text()`},
	{"fetch by hand", "", "net:$H", `const r = await api.fetch?.({url: 'http://$H/', method: 'GET', headers: []}); return r ? 'reached' : (await fetch('http://$H/')).text()`},
	{"follow a redirect", "net:$R", "net:$R net:$H", `return (await fetch('http://$R/go')).text()`},
	{"go on after a refusal", "", "net:$H", `for (let i = 0; i < 5; i++) { try { return await (await fetch('http://$H/')).text() } catch {} } return 'no'`},
	{"go on in a timer", "", "net:$H", `return new Promise(done => setTimeout(() => fetch('http://$H/').then(r => r.text()).then(done, () => done('no')), 1))`},
	// By another plugin.
	{"read by a plugin it brings", "", "read:$D/secret", `const p = await api.loadPlugin({src: guest}); return p.run('$D/secret/key')`},
	{"fetch by a plugin it brings", "", "net:$H", `const p = await api.loadPlugin({src: guest}); return p.get('http://$H/')`},
	{"take the settings of another", "", "read:$D/secret", `const p = await api.loadPlugin({src: guest.replace('Guest', 'Bank')}); const got = await p.setting(); return got === 'reached' ? got : text(await fm.getFile('$D/secret/key'))`},
	{"change what it was granted", "", "read:$D/secret", `try { api.config.granted = ['all']; Object.assign(api, {granted: 'all'}) } catch {} return text(await fm.getFile('$D/secret/key'))`},
	{"change the file manager's path", "read:$D/open", "read:$D", `fm.path = '$D/secret'; fm.root = '/'; return text(await fm.getFile('$D/secret/key'))`},
}

const escapeGuest = `<config lang="json">
{"name": "Guest", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "permissions": ["read", "net"]}
</config>
<script lang="javascript">
api.export({
  async run(path) { return (await (await api.getFileManager()).getFile(path)).text() },
  async get(url) { return (await fetch(url)).text() },
  setting() { return api.getConfig('secret') },
})
</script>
`

// TestEscapes tries each escape without what it needs, which must fail and leave nothing
// behind, and with it, which must work: a script that never worked proves nothing.
func TestEscapes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the scripts use links and paths of Unix")
	}
	answering := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "reached") }
	there := httptest.NewServer(http.HandlerFunc(answering))
	t.Cleanup(there.Close)
	redirecting := httptest.NewServer(http.RedirectHandler(there.URL, http.StatusFound))
	t.Cleanup(redirecting.Close)
	for _, e := range escapes {
		t.Run(e.name, func(t *testing.T) {
			for _, words := range []string{e.had, e.needs} {
				dir := escapeFolder(t)
				fill := strings.NewReplacer("$D", dir, "$H", strings.TrimPrefix(there.URL, "http://"), "$R", strings.TrimPrefix(redirecting.URL, "http://"))
				got := attempt(t, dir, fill.Replace(e.script), escapeSet(t, fill.Replace(words)))
				_, err := os.Stat(filepath.Join(dir, "drop", "written"))
				_, gone := os.Stat(filepath.Join(dir, "drop", "old"))
				reached := got == "reached" || err == nil || gone != nil
				if want := words == e.needs; reached != want {
					t.Errorf("with %q: %s", words, got)
				}
			}
		})
	}
	if len(escapes) < 40 {
		t.Errorf("only %d escapes", len(escapes))
	}
}

// escapeFolder is a folder with secrets, and links to them from where a plugin may look.
func escapeFolder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"secret", "open", "drop", "sec"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"secret/key": "reached", "drop/old": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	links := map[string]string{"link": "../secret/key", "dir": "../secret", "drop": filepath.Join(dir, "drop"), "chain": "link"}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, "open", name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// escapeSet reads words; "!" denies.
func escapeSet(t *testing.T, words string) permission.Set {
	t.Helper()
	var allowed, denied []permission.Permission
	for _, word := range strings.Fields(words) {
		name, deny := strings.CutPrefix(word, "!")
		p, err := permission.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		if deny {
			denied = append(denied, p)
		} else {
			allowed = append(allowed, p)
		}
	}
	return permission.NewSet(allowed...).Deny(denied...)
}

// attempt runs a script as a plugin of a session with these permissions and shows what
// came out.
func attempt(t *testing.T, dir, script string, granted permission.Set) string {
	t.Helper()
	a := &App{Stdin: strings.NewReader(""), Stdout: &strings.Builder{}, Stderr: &strings.Builder{}, Dir: dir, Now: time.Now, Env: func(name string) string {
		return map[string]string{"IMJOY_HOME": filepath.Join(dir, "home"), "HOME": dir}[name]
	}}
	s, err := a.Session(RunOptions{Timeout: 10 * time.Second, Permissions: PermissionOptions{Granted: a.AbsolutePaths(granted)}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(context.Background()) }()
	kept := settings{s.guard.grants.store}
	if err := kept.Change(t.Context(), "Bank", func(values map[string]string) { values["secret"] = "reached" }); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("<config lang=\"json\">\n{\"name\": \"Escape\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"javascript\">\nconst guest = %q\nconst text = f => f.text()\nlet fm\napi.export({ async run() { fm = await api.getFileManager(); %s } })\n</script>\n", escapeGuest, script)
	text = strings.Replace(text, "</script>\\n\"", "<\\/script>\\n\"", 1)
	doc, _ := pluginfile.Parse("escape.imjoy.html", []byte(text))
	plan, found := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	result, err := s.Run(t.Context(), workspace.Job{Plan: plan})
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(result.Value)
}
