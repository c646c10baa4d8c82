package pyproc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// pythons are the interpreters that tests run on: the system's, all of PATH, and all
// that pyenv has.
var pythons = sync.OnceValue(func() []Interpreter {
	candidates := []string{"/usr/bin/python3"}
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		candidates = append(candidates, filepath.Join(folder, "python3"))
	}
	more, _ := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".pyenv/versions/3.*/bin/python3"))
	var list []Interpreter
	seen := map[string]bool{}
	for _, path := range append(candidates, more...) {
		i, err := Resolve(context.Background(), path, os.Environ())
		if err == nil && !seen[i.Path] {
			seen[i.Path] = true
			list = append(list, i)
		}
	}
	sort.Slice(list, func(a, b int) bool { return list[a].Minor < list[b].Minor })
	return list
})

// versions are the oldest and the newest interpreter, or with IMJOY_PYTHONS=all one of
// each version.
func versions(t *testing.T) []Interpreter {
	t.Helper()
	if len(pythons()) == 0 {
		t.Skip("python3 (3.8 or newer) is not installed: this test runs plugins in it")
	}
	var list []Interpreter
	tested := map[int]bool{}
	all := os.Getenv("IMJOY_PYTHONS") == "all"
	oldest, newest := pythons()[0].Minor, pythons()[len(pythons())-1].Minor
	for _, i := range pythons() {
		if tested[i.Minor] || !all && i.Minor != oldest && i.Minor != newest {
			continue
		}
		tested[i.Minor] = true
		list = append(list, i)
	}
	return list
}

// onPython runs a test on each of versions.
func onPython(t *testing.T, test func(t *testing.T, python string)) {
	t.Helper()
	for _, i := range versions(t) {
		t.Run(fmt.Sprintf("%d.%d", i.Major, i.Minor), func(t *testing.T) {
			t.Parallel()
			test(t, i.Path)
		})
	}
}

// inTurn gives case n of a long table one of versions, so that all of them have some;
// with IMJOY_LONG or IMJOY_PYTHONS set it gives each case all.
func inTurn(t *testing.T, n int) []Interpreter {
	t.Helper()
	list := versions(t)
	if os.Getenv("IMJOY_LONG") != "" || os.Getenv("IMJOY_PYTHONS") != "" {
		return list
	}
	return list[n%len(list):][:1]
}

// anyPython is one interpreter, for tests that do not depend on its version.
func anyPython(t testing.TB) string {
	t.Helper()
	if len(pythons()) == 0 {
		t.Skip("python3 (3.8 or newer) is not installed: this test runs plugins in it")
	}
	return pythons()[0].Path
}

// numpyPython is an interpreter that can import numpy.
func numpyPython(t testing.TB) string {
	t.Helper()
	for _, i := range pythons() {
		if exec.Command(i.Path, "-I", "-c", "import numpy").Run() == nil {
			return i.Path
		}
	}
	t.Skip("no python3 here has numpy: install python3-numpy")
	return ""
}

// answerWithin is how long a call that ends may take where everything is slow.
const answerWithin = time.Minute

// host is the other side of a plugin: api functions and the log.
type host struct {
	*wire.Peer
	process *Process
	home    string // its folder for everything
	api     map[string]func(ctx context.Context, args []value.Value) (value.Value, error)

	mu   sync.Mutex
	logs []string
}

func (h *host) Call(ctx context.Context, method string, args wire.Payload) (wire.Payload, error) {
	f, ok := h.api[method]
	if !ok {
		return wire.Payload{}, fmt.Errorf("no %s here", method)
	}
	list, err := args.Args()
	if err != nil {
		return wire.Payload{}, err
	}
	v, err := f(ctx, list)
	if err != nil {
		return wire.Payload{}, err
	}
	return wire.EncodeResult(v)
}

func (h *host) Notify(method string, args wire.Payload) {
	list, _ := args.Args()
	text, _ := value.JSON(list[0])
	h.log(method, string(text))
}

func (h *host) log(level, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.logs = append(h.logs, level+": "+text)
}

func (h *host) logged(part string) bool {
	for range 100 {
		h.mu.Lock()
		all := strings.Join(h.logs, "\n")
		h.mu.Unlock()
		if strings.Contains(all, part) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// open starts a process whose other side is h.
func open(t testing.TB, python string, limits confine.Limits) *host {
	t.Helper()
	h := &host{api: map[string]func(context.Context, []value.Value) (value.Value, error){}}
	h.api["api.echo"] = func(_ context.Context, args []value.Value) (value.Value, error) {
		if len(args) == 0 {
			return nil, nil
		}
		return args[0], nil
	}
	home := t.TempDir()
	p, err := Start(context.Background(), Options{
		Python: python, Env: append(confine.Environment(os.Getenv, home, home), KeptFolder+"="+home), Dir: home, Limits: limits, Log: h.log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill(); p.Close() })
	h.process, h.home = p, home
	h.Peer = wire.NewPeer(p, h)
	return h
}

// document makes excerpts of the scripts of a document, which stand between
// <script> tags.
func document(text string) (bodies []*source.Excerpt) {
	s := source.New("test.imjoy.html", []byte(text))
	for at := 0; ; {
		begin := strings.Index(text[at:], "<script>")
		if begin < 0 {
			return bodies
		}
		begin += at + len("<script>")
		end := begin + strings.Index(text[begin:], "</script>")
		bodies = append(bodies, source.Whole(s, source.Span{Start: begin, End: end}))
		at = end
	}
}

// begin runs the start of a plugin whose document is given.
func (h *host) begin(t testing.TB, text string) (*value.Object, error) {
	t.Helper()
	constants := value.NewObject("TAG", "GPU", "WORKSPACE", "default", "config", value.NewObject("tag", "GPU", "workspace", "default"))
	payload, err := wire.Encode(StartArguments("test.imjoy.html", document(text), constants))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	result, err := h.Peer.Call(ctx, "worker.start", payload)
	if err != nil {
		return nil, err
	}
	v, err := result.Result()
	if err != nil {
		t.Fatal(err)
	}
	return v.(*value.Object), nil
}

// plugin starts a plugin of one script.
func plugin(t testing.TB, python, script string) *host {
	t.Helper()
	h := open(t, python, confine.Limits{})
	if _, err := h.begin(t, "<script>\n"+script+"\n</script>"); err != nil {
		t.Fatalf("start: %v %+v", err, err)
	}
	return h
}

func (h *host) try(t testing.TB, method string, args ...value.Value) (value.Value, error) {
	t.Helper()
	payload, err := wire.Encode(args...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	result, err := h.Peer.Call(ctx, "plugin."+method, payload)
	if err != nil {
		return nil, err
	}
	return result.Result()
}

func (h *host) call(t testing.TB, method string, args ...value.Value) value.Value {
	t.Helper()
	v, err := h.try(t, method, args...)
	if err != nil {
		t.Fatalf("%s: %v (stderr: %s)", method, err, h.process.Tail())
	}
	return v
}

func text(t testing.TB, v value.Value) string {
	t.Helper()
	s, err := value.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(s)
}

func TestHello(t *testing.T) {
	onPython(t, func(t *testing.T, python string) {
		h := plugin(t, python, `
from imjoy import api
class Plugin:
    def setup(self):
        self.n = 1
    async def run(self, ctx):
        return await api.echo(["hello", ctx.config.name, ctx.missing, self.n])
    def add(self, a, b=2):
        return a + b
api.export(Plugin())`)
		h.call(t, "setup")
		got := text(t, h.call(t, "run", value.NewObject("config", value.NewObject("name", "x"))))
		if got != `["hello","x",null,1]` {
			t.Errorf("run: %s", got)
		}
		if got := text(t, h.call(t, "add", 1, value.NewObject("b", 40, "_rkwargs", true))); got != "41" {
			t.Errorf("add: %s", got)
		}
	})
}
