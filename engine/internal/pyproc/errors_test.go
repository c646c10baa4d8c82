package pyproc

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/confine"
)

// One plugin whose functions fail in many ways; "# N" marks the line that error N points
// at, and no line has two.
const failing = `<script>
import asyncio, functools, threading
def wrapped(f):
    @functools.wraps(f)
    def w(*args):
        return f(*args) # wrapped
    return w
def decorated(f): return f
class Plugin:
    def none(self): return 1 # none
    @decorated
    @decorated
    async def late(self, a, b): return 1 # late
    @wrapped
    def inner(self): return 1
    def unsent(self, ctx): return {"a": [object()]} # unsent
    async def unsentLate(self, ctx): return object() # unsentLate
    def generated(self, ctx):
        def numbers():
            yield 1
            raise ValueError("late") # generated
        return list(numbers())
    async def called(self, ctx):
        def callback(x):
            raise ValueError("in a callback")
        return await api.callback(callback) # called
    async def calledWrongly(self, ctx):
        return await api.callback(lambda: 1) # calledWrongly
    async def chained(self, ctx):
        def more(x):
            raise ValueError("in then") # chained
        return await api.echo(1).then(more)
    async def executed(self, ctx):
        def work():
            raise ValueError("in a worker") # executed
        return await asyncio.get_running_loop().run_in_executor(None, work)
    def compiled(self, ctx):
        exec("1 +") # compiled
    @property
    def broken(self):
        raise ValueError("a property") # read
    def read(self, ctx): return self.broken
    def second(self, ctx): return ratio(0)
    def caused(self, ctx):
        try:
            1 / 0
        except Exception as e:
            raise ValueError("outer") from e # caused
    def partial(self, ctx): return functools.partial(self.none, 1)()
    def thread(self, ctx):
        def work():
            raise ValueError("in a thread") # thread
        t = threading.Thread(target=work)
        t.start()
        t.join()
    async def timer(self, ctx):
        def tick():
            raise ValueError("in a timer") # timer
        asyncio.get_running_loop().call_later(0, tick)
        await asyncio.sleep(0.01)
    async def task(self, ctx):
        async def work():
            raise ValueError("in a task") # task
        asyncio.ensure_future(work())
        await asyncio.sleep(0.01)
    def quiet(self, ctx):
        threading.Thread(target=threading.Event().wait, args=("x",)).start()
def ratio(x):
    return 1 / x # second
api.export(Plugin())
</script>`

func TestErrorsPointAtTheLine(t *testing.T) {
	line := func(mark string) int {
		before, _, found := strings.Cut(failing, "# "+mark+"\n")
		if !found {
			t.Fatal("no mark ", mark)
		}
		return 1 + strings.Count(before, "\n")
	}
	onPython(t, func(t *testing.T, python string) {
		h := open(t, python, confine.Limits{}).withTestAPI()
		if _, err := h.begin(t, failing); err != nil {
			t.Fatalf("%v %+v", err, err)
		}
		for call, mark := range map[string]string{
			"none": "none", "late": "late", "inner": "wrapped", "unsent": "unsent", "unsentLate": "unsentLate", "generated": "generated",
			"called": "called", "calledWrongly": "calledWrongly", "chained": "chained", "executed": "executed", "compiled": "compiled",
			"read": "read", "second": "second", "caused": "caused",
		} {
			_, err := h.try(t, call, value.NewObject())
			var fault *wire.Fault
			if !errors.As(err, &fault) || len(fault.Stack) == 0 || fault.Stack[0].Line != line(mark) {
				t.Errorf("%s: %v at %+v, want line %d", call, err, fault, line(mark))
			}
		}
		for _, call := range []string{"thread", "timer", "task"} {
			h.call(t, call, value.NewObject())
			if !h.logged(fmt.Sprintf(`unhandled: {"name":"ValueError","message":"in a %s","stack":[{"line":%d,`, call, line(call))) {
				t.Errorf("%s, line %d: %q", call, line(call), h.logs)
			}
		}
		// A thread without a line of the plugin says what Python says.
		h.call(t, "quiet", value.NewObject())
		if !h.logged("error: TypeError") || h.logged("unhandled: {\"name\":\"TypeError") {
			t.Errorf("%q", h.logs)
		}
	})
}

// What fails while the scripts run is at its line, too.
func TestErrorsOfScriptsPointAtTheLine(t *testing.T) {
	t.Parallel()
	python := anyPython(t)
	for script, line := range map[string]int{
		"def boom(): return 1 / 0\nclass P:\n    def setup(self, x=boom()): pass\napi.export(P())": 2,
		"def no(f):\n    raise ValueError()\n@no\ndef run(ctx): pass":                              3,
		"import asyncio\nasync def later():\n    raise ValueError()\nawait later()":                4,
		"x = 1\nraise SystemExit(2)": 3,
	} {
		h := open(t, python, confine.Limits{})
		_, err := h.begin(t, "<script>\n"+script+"\n</script>")
		var fault *wire.Fault
		if !errors.As(err, &fault) || len(fault.Stack) == 0 || fault.Stack[0].Line != line {
			t.Errorf("%s: %v at %+v, want line %d", script, err, fault, line)
		}
	}
}
