package pyproc

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/confine"
)

// Each script is started and its `run` is called with {"n": 2}; want is the result
// as JSON, or what the error contains.
var behaviours = []struct{ name, script, want, fails string }{
	{name: "class instance", script: "class P:\n  def run(self, ctx): return ctx.n\napi.export(P())", want: `2`},
	{name: "inherited methods", script: "class A:\n  def run(self, ctx): return 'a'\nclass P(A): pass\napi.export(P())", want: `"a"`},
	{name: "dict", script: "api.export({'run': lambda ctx: ctx['n'] + 1})", want: `3`},
	{name: "module", script: "import types\nm = types.ModuleType('m')\nm.run = lambda ctx: 'm'\napi.export(m)", want: `"m"`},
	{name: "global api without an import", script: "api.export({'run': lambda ctx: api.TAG})", want: `"GPU"`},
	{name: "imports", script: "from imjoy import api as a\nfrom imjoy_rpc import api as b\nimport hypha_rpc\nfrom imjoy_rpc.utils import dotdict\nimport imjoy\nassert a is b is api is imjoy.api is hypha_rpc.api\napi.export({'run': lambda ctx: 1})", want: `1`},
	{name: "imports of relatives", script: "from imjoy_rpc import api as a, register_default_codecs\nfrom imjoy_rpc.hypha import api as b, connect_to_server, login\nimport imjoy_rpc.hypha.utils, hypha_rpc.utils\nfrom hypha_rpc.utils.schema import schema_function, schema_method\nregister_default_codecs()\n@schema_function\ndef run(ctx): return more(ctx.n)\n@schema_method(arbitrary_types_allowed=True)\ndef more(n): return n + 1\nassert a is b is api\napi.export({'run': run})", want: `3`},
	{name: "another server", script: "from imjoy_rpc import connect_to_server\napi.export({'run': lambda ctx: connect_to_server({'server_url': 'https://h.example'})})", fails: "use `api`"},
	{name: "helpers of the old engine", script: "import subprocess, sys, time\n@api.utils.debounce(100)\ndef once(): return 1\nticks = []\n@api.utils.set_interval(0.001)\ndef tick(n): ticks.append(n)\ndef run(ctx):\n  stop = tick(5)\n  while len(ticks) < 3: time.sleep(0.001)\n  stop.set()\n  p = subprocess.Popen([sys.executable, '-c', 'import subprocess, sys; print(subprocess.Popen([sys.executable, \"-c\", \"import time; time.sleep(100)\"]).pid, flush=True); sys.stdin.read()'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n  child = int(p.stdout.readline())\n  api.utils.kill(p.pid)\n  api.utils.kill(p.pid)\n  left = p.stdout.read()\n  return [once(), once(), ticks[0], p.wait(), left.decode()]\napi.export({'run': run})", want: `[1,null,5,-9,""]`},
	{name: "constants", script: "api.export({'run': lambda ctx: [api.TAG, api.WORKSPACE, api.config.tag, api.config['workspace'], api.config.nothing]})", want: `["GPU","default","GPU","default",null]`},
	{name: "async", script: "import asyncio\nasync def run(ctx):\n  await asyncio.sleep(0.01)\n  return await api.echo(ctx)\napi.export({'run': run})", want: `{"n":2}`},
	{name: "awaits without asyncio", script: "async def run(ctx): return await api.echo(ctx.n)\napi.export({'run': run})", want: `2`},
	{name: "gather", script: "import asyncio\nasync def run(ctx): return await asyncio.gather(api.echo(1), api.echo(2))\napi.export({'run': run})", want: `[1,2]`},
	{name: "wait_for", script: "import asyncio\nasync def run(ctx): return await asyncio.wait_for(api.echo(5), 5)\napi.export({'run': run})", want: `5`},
	{name: "ensure_future of a call", script: "import asyncio\nasync def run(ctx): return await asyncio.ensure_future(api.echo(6))\napi.export({'run': run})", want: `6`},
	{name: "promise returned", script: "def run(ctx): return api.echo('p')\napi.export({'run': run})", want: `"p"`},
	{name: "then", script: "def run(ctx): return api.echo(2).then(lambda v: v + 1).then(lambda v: api.echo(v * 10))\napi.export({'run': run})", want: `30`},
	{name: "then of an async function", script: "async def more(v): return await api.echo(v + 1)\ndef run(ctx): return api.echo(2).then(more)\napi.export({'run': run})", want: `3`},
	{name: "catch", script: "def run(ctx): return api.nothing().catch(lambda e: 'caught ' + str(e))\napi.export({'run': run})", want: `"caught no api.nothing here"`},
	{name: "finally", script: "seen = []\ndef run(ctx): return api.echo(1).finally_(lambda: seen.append(1)).then(lambda v: [v, seen])\napi.export({'run': run})", want: `[1,[1]]`},
	{name: "error of a call", script: "async def run(ctx):\n  try: await api.nothing()\n  except Exception as e: return [type(e).__name__, str(e), e.name]\napi.export({'run': run})", want: `["Error","no api.nothing here","Error"]`},
	{name: "result waits", script: "def run(ctx): return api.echo(4).result() + api.echo(5).result(5)\napi.export({'run': run})", want: `9`},
	{name: "result in async code", script: "async def run(ctx): return api.echo(4).result()\napi.export({'run': run})", want: `4`},
	{name: "result serves callbacks", script: "def run(ctx): return api.callback(lambda v: v * 2).result()\napi.export({'run': run})", want: `42`},
	{name: "result runs out of time", script: "def run(ctx): return api.never().result(0.05)\napi.export({'run': run})", fails: "TimeoutError"},
	{name: "result in a thread", script: "import threading\ndef run(ctx):\n  got = []\n  t = threading.Thread(target=lambda: got.append(api.echo('t').result()))\n  t.start(); t.join(); return got\napi.export({'run': run})", want: `["t"]`},
	{name: "asyncio.run in a script", script: "import asyncio\nasync def main(): return await api.echo('m')\nm = asyncio.run(main())\napi.export({'run': lambda ctx: m})", want: `"m"`},
	{name: "asyncio.run in a function", script: "import asyncio\nasync def main(): return await api.echo('f')\napi.export({'run': lambda ctx: asyncio.run(main())})", want: `"f"`},
	{name: "not awaited", script: "def run(ctx):\n  for i in range(5000): api.echo(i)\n  return api.echo('last')\napi.export({'run': run})", want: `"last"`},
	{name: "callback", script: "async def run(ctx): return await api.callback(lambda v: v * 2)\napi.export({'run': run})", want: `42`},
	{name: "async callback", script: "async def twice(v): return (await api.echo(v)) * 2\nasync def run(ctx): return await api.callback(twice)\napi.export({'run': run})", want: `42`},
	{name: "callback that lives on", script: "kept = None\nasync def run(ctx):\n  f = await api.counter()\n  return [await f(), await f(), await f(10)]\napi.export({'run': run})", want: `[1,2,12]`},
	{name: "function inside a value", script: "async def run(ctx):\n  o = await api.echo({'f': lambda x: x + 1, 'v': [1]})\n  return [await o.f(1), o.v]\napi.export({'run': run})", want: `[2,[1]]`},
	{name: "interface of an instance", script: "class Counter:\n  def __init__(self): self.n = 0; self._hidden = 1\n  def up(self): self.n += 1; return self.n\nasync def run(ctx):\n  c = await api.echo(Counter())\n  return [await c.up(), await c.up(), c.n, c._hidden, '_rintf' in c]\napi.export({'run': run})", want: `[1,2,0,null,true]`},
	{name: "interface by _rintf", script: "async def run(ctx):\n  c = await api.echo({'_rintf': True, 'f': lambda: 3})\n  return await c.f()\napi.export({'run': run})", want: `3`},
	{name: "keywords of a call", script: "async def run(ctx): return await api.echo(title='t', n=1)\napi.export({'run': run})", want: `{"title":"t","n":1}`},
	{name: "snake case", script: "async def run(ctx): return await api.get_it()\napi.export({'run': run})", want: `"it"`},
	{name: "dotted api", script: "async def run(ctx): return await api.utils.get(1)\napi.export({'run': run})", want: `"utils"`},
	{name: "generator for a function of the host", script: "def three():\n  for i in range(3): yield i\nasync def run(ctx): return (await api.echo({'it': [three()]})).it[0]\napi.export({'run': run})", want: `[0,1,2]`},
	{name: "generator without asyncio", script: "def three():\n  for i in range(3): yield i\ndef run(ctx):\n  it = api.pass_on(lambda: three()).result()\n  return [list(it), list(it), next(it, 'over')]\napi.export({'run': run})", want: `[[0,1,2],[],"over"]`},
	{name: "async generator", script: "import asyncio\nasync def three():\n  for i in range(3):\n    await asyncio.sleep(0)\n    yield i\nasync def run(ctx):\n  return [x async for x in await api.pass_on(three)]\napi.export({'run': run})", want: `[0,1,2]`},
	{name: "generator that is let go", script: "import asyncio, threading\nseen = []\ndef three():\n  try:\n    for i in range(3): yield i\n  finally: seen.append(threading.current_thread() is threading.main_thread())\nasync def run(ctx):\n  it = await api.pass_on(lambda: three())\n  seen.append(await it.__anext__())\n  del it\n  for _ in range(500):\n    await api.collect()\n    if len(seen) > 1: break\n    await asyncio.sleep(0.01)\n  return seen\napi.export({'run': run})", want: `[0,true]`},
	{name: "generator that fails", script: "def broken():\n  yield 1\n  raise ValueError('inside')\nasync def run(ctx):\n  it = await api.pass_on(lambda: broken())\n  got = [await it.__anext__()]\n  try: await it.__anext__()\n  except Exception as e: got.append(str(e))\n  return got + [x async for x in it]\napi.export({'run': run})", want: `[1,"inside"]`},
	{name: "top-level await", script: "x = await api.echo(7)\napi.export({'run': lambda ctx: x})", want: `7`},
	{name: "late export", script: "import asyncio\nasync def later():\n  await asyncio.sleep(0.1)\n  api.export({'run': lambda ctx: 'late'})\nasyncio.ensure_future(later())", want: `"late"`},
	{name: "late export from a thread", script: "import threading\nthreading.Timer(0.1, lambda: api.export({'run': lambda ctx: 'late'})).start()", want: `"late"`},
	{name: "late export after a call", script: "api.echo(1).then(lambda v: api.export({'run': lambda ctx: 'late'}))", want: `"late"`},
	{name: "export again", script: "api.export({'run': lambda ctx: 1})\napi.export({'run': lambda ctx: 2})", want: `2`},
	{name: "main", script: "if __name__ == '__main__': api.export({'run': lambda ctx: __name__})", want: `"__main__"`},
	{name: "dataclass", script: "from dataclasses import dataclass\n@dataclass\nclass P:\n  n: int = 3\napi.export({'run': lambda ctx: P().n})", want: `3`},
	{name: "nested functions by name", script: "api.export({'run': lambda ctx: 1, 'inner': {'f': lambda: 1}, 'version': '1', 'x': object()})", want: `1`},
	{name: "future import", script: "from __future__ import annotations\napi.export({'run': lambda ctx: 1})", want: `1`},
	{name: "codec", script: "class Cell:\n  def __init__(self, n): self.n = n\napi.registerCodec({'name': 'cell', 'type': Cell, 'encoder': lambda c: {'n': c.n}, 'decoder': lambda d: Cell(d['n'])})\nasync def run(ctx): return (await api.echo(Cell(4))).n\napi.export({'run': run})", want: `4`},
	{name: "own encoding", script: "api.export({'run': lambda ctx: {'_rtype': 'mine', 'x': 1}})", want: `{"_rtype":"mine","x":1}`},

	{name: "numbers", script: "api.export({'run': lambda ctx: [float('nan'), float('inf'), -float('inf'), 10**30, 2**60, 1.5, True]})", want: `[{"_rtype":"number","_rvalue":"NaN"},{"_rtype":"number","_rvalue":"Infinity"},{"_rtype":"number","_rvalue":"-Infinity"},{"_rtype":"bigint","_rvalue":"1000000000000000000000000000000"},1152921504606846976,1.5,true]`},
	{name: "keys that are not text", script: "api.export({'run': lambda ctx: {1: 'a', True: 'b', None: 'c'}})", want: `{"1":"b","null":"c"}`},
	{name: "keys that are tuples", script: "api.export({'run': lambda ctx: {(1, 2): 'a'}})", want: `{"_rtype":"orderedmap","_rvalue":[[[1,2],"a"]]}`},
	{name: "collections", script: "from collections import OrderedDict, deque, namedtuple\nfrom pathlib import PurePosixPath\nimport enum\nclass E(enum.Enum): A = 'a'\napi.export({'run': lambda ctx: [OrderedDict(a=1), {2, 1}, (1, 2), deque([1]), namedtuple('N', 'x y')(1, 2), range(2), PurePosixPath('/a'), E.A, {'a': 1}.keys()]})", want: `[{"_rtype":"orderedmap","_rvalue":[["a",1]]},{"_rtype":"set","_rvalue":[1,2]},[1,2],[1],[1,2],[0,1],"/a","a",["a"]]`},
	{name: "error as a value", script: "api.export({'run': lambda ctx: ValueError('bad')})", want: `{"_rtype":"error","_rvalue":"bad","_rname":"ValueError"}`},
	{name: "lone surrogate", script: "api.export({'run': lambda ctx: 'a\\ud800b'})", want: `"a?b"`},
	{name: "bytes", script: "async def run(ctx):\n  b, a, m = await api.echo([b'ab', bytearray(b'c'), memoryview(b'd')])\n  return [type(b).__name__, b.decode(), a.decode(), bytes(m).decode()]\napi.export({'run': run})", want: `["bytes","ab","c","d"]`},
	{name: "array.array", script: "import array\napi.export({'run': lambda ctx: array.array('d', [1.5, 2])})", want: `{"_rtype":"ndarray","_rvalue":[1.5,2],"_rshape":[2],"_rdtype":"float64"}`},
	{name: "open file", script: "import io\nopen('note.txt', 'w').write('hi')\nasync def run(ctx):\n  f = await api.echo(open('note.txt'))\n  g = await api.echo(io.BytesIO(b'mem'))\n  return [f.name, f.type, f.size, f.text(), f.read().decode(), open(f).read(), f['name'], g.read().decode()]\napi.export({'run': run})", want: `["note.txt","text/plain",2,"hi","hi","hi","note.txt","mem"]`},

	{name: "a class cannot be exported", script: "class P: pass\napi.export(P)", fails: "TypeError: api.export got the class P: export an instance, P()"},
	{name: "no export", script: "x = 1", fails: "ExportError: the plugin never calls api.export"},
	{name: "nothing to run", script: "api.export({'setup': lambda: 1})", fails: `ReferenceError: the plugin does not export a function "run"`},
	{name: "hidden function", script: "api.export({'run': lambda ctx: 1, '_x': 1, 'n': 3})", want: `1`},
	{name: "raise", script: "def run(ctx): raise KeyError('cells')\napi.export({'run': run})", fails: "KeyError: 'cells'"},
	{name: "exit in a function", script: "import sys\ndef run(ctx): sys.exit(3)\napi.export({'run': run})", fails: "SystemExit: the plugin called sys.exit(3)"},
	{name: "class as a result", script: "class P: pass\napi.export({'run': lambda ctx: P})", fails: "TypeError: the class P cannot be sent"},
	{name: "unknown object", script: "import decimal\napi.export({'run': lambda ctx: decimal.Decimal(1)})", fails: "TypeError: a Decimal cannot be sent"},
	{name: "date", script: "import datetime\napi.export({'run': lambda ctx: datetime.date(2020, 1, 1)})", fails: "send x.isoformat()"},
	{name: "complex", script: "api.export({'run': lambda ctx: 1j})", fails: "TypeError: a complex cannot be sent"},
	{name: "cycle", script: "def run(ctx):\n  l = []\n  l.append(l)\n  return l\napi.export({'run': run})", fails: "TypeError: a value that contains itself"},
	{name: "forgotten await", script: "async def run(ctx): return [api.echo(1)]\napi.export({'run': run})", fails: "await it before it is sent"},
	{name: "wrong arguments", script: "def run(): return 1\napi.export({'run': run})", fails: "TypeError"},
	{name: "api in a process", script: "import os\ndef run(ctx):\n  pid = os.fork()\n  if pid == 0:\n    try: api.echo(1)\n    except RuntimeError: os._exit(7)\n    os._exit(0)\n  return os.waitpid(pid, 0)[1] >> 8\napi.export({'run': run})", want: `7`},
	{name: "multiprocessing", script: "import multiprocessing as mp\ndef run(ctx):\n  c = mp.get_context('fork')\n  with c.Pool(2) as p: return p.map(abs, [-1, -2])\napi.export({'run': run})", want: `[1,2]`},
	{name: "multiprocessing with fresh processes", script: "import multiprocessing as mp\ndef run(ctx):\n  with mp.get_context('spawn').Pool(1) as p: return p.map(abs, [-1, -2])\napi.export({'run': run})", want: `[1,2]`},
	{name: "subprocess of asyncio", script: "import asyncio\nasync def run(ctx):\n  p = await asyncio.create_subprocess_exec('echo', 'hi', stdout=asyncio.subprocess.PIPE)\n  return (await p.communicate())[0].decode()\napi.export({'run': run})", want: `"hi\n"`},
	{name: "blocking code in a thread", script: "import asyncio, time\nasync def run(ctx): return await asyncio.get_running_loop().run_in_executor(None, lambda: time.sleep(0.01) or 'slept')\napi.export({'run': run})", want: `"slept"`},
	{name: "recursion", script: "def run(ctx): return run(ctx)\napi.export({'run': run})", fails: "RecursionError"},
}

func (h *host) withTestAPI() *host {
	count := 0.0
	h.api["api.callback"] = func(ctx context.Context, args []value.Value) (value.Value, error) {
		return args[0].(*value.Function).Call(ctx, 21)
	}
	h.api["api.never"] = func(ctx context.Context, _ []value.Value) (value.Value, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	h.api["api.passOn"] = func(ctx context.Context, args []value.Value) (value.Value, error) {
		return args[0].(*value.Function).Call(ctx)
	}
	h.api["api.collect"] = func(context.Context, []value.Value) (value.Value, error) {
		runtime.GC()
		return nil, nil
	}
	h.api["api.getIt"] = func(context.Context, []value.Value) (value.Value, error) { return "it", nil }
	h.api["api.utils.get"] = func(context.Context, []value.Value) (value.Value, error) { return "utils", nil }
	h.api["api.counter"] = func(context.Context, []value.Value) (value.Value, error) {
		return &value.Function{Name: "counter", Call: func(_ context.Context, args ...value.Value) (value.Value, error) {
			step := 1.0
			if len(args) > 0 {
				step = args[0].(float64)
			}
			count += step
			return count, nil
		}}, nil
	}
	return h
}

func TestBehaviour(t *testing.T) {
	for n, c := range behaviours {
		for _, i := range inTurn(t, n) {
			t.Run(fmt.Sprintf("%s/3.%d", c.name, i.Minor), func(t *testing.T) {
				t.Parallel()
				h := open(t, i.Path, confine.Limits{}).withTestAPI()
				_, err := h.begin(t, "<script>\n"+c.script+"\n</script>")
				var v value.Value
				if err == nil {
					v, err = h.try(t, "run", value.NewObject("n", 2))
				}
				if c.fails != "" {
					if err == nil {
						t.Fatalf("no error but %s", text(t, v))
					}
					if !strings.Contains(err.Error(), c.fails) {
						t.Errorf("error %v, want %q", err, c.fails)
					}
					return
				}
				if err != nil {
					t.Fatalf("%v\n%+v\n%s", err, err, h.process.Tail())
				}
				if diff := cmp.Diff(c.want, text(t, v)); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestExportsAreListed(t *testing.T) {
	h := open(t, anyPython(t), confine.Limits{})
	got, err := h.begin(t, `<script>
class Inner:
  def f(self): pass
class P:
  version = "1"
  def run(self, ctx): pass
  def _hidden(self): pass
  @property
  def broken(self): raise ValueError()
  def __init__(self): self.inner = {"g": len, "n": 1}; self.o = Inner(); self.bad = object(); self.list = [1]
api.export(P())</script>`)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"exports":["inner.g","o.f","run"],"values":{"list":[1],"version":"1"}}`
	if diff := cmp.Diff(want, text(t, got)); diff != "" {
		t.Errorf("start (-want +got):\n%s", diff)
	}
	if v := h.call(t, "inner.g", []any{1, 2}); v != 2.0 {
		t.Errorf("inner.g: %v", v)
	}
	for _, name := range []string{"_hidden", "__init__", "inner.__len__", "run.__globals__", "nothing", "inner", ""} {
		if v, err := h.try(t, name); err == nil {
			t.Errorf("plugin.%s gives %v", name, v)
		}
	}
}

func TestErrorsHavePlacesInTheDocument(t *testing.T) {
	const first = "import os\ndef helper(x):\n    ünïts = 1; return x / 0\n"
	for name, c := range map[string]struct {
		document string
		new      []wire.Position // from 3.11 on
		old      []wire.Position
	}{
		"raise in a function": {
			document: "# docs\n<script>\n" + first + "</script>\n<script>\ndef run(ctx):\n    return helper(1)\napi.export({'run': run})</script>",
			new:      []wire.Position{{Line: 5, Column: 23, Function: "helper", Block: 0}, {Line: 9, Column: 12, Function: "run", Block: 1}},
			old:      []wire.Position{{Line: 5, Column: 5, Function: "helper", Block: 0}, {Line: 9, Column: 5, Function: "run", Block: 1}},
		},
		"on the line of the tag": {
			document: "\n\n   <script>1 / 0</script>",
			new:      []wire.Position{{Line: 3, Column: 12}},
			old:      []wire.Position{{Line: 3, Column: 12}},
		},
		"syntax": {
			document: "\n<script>\nx = 1\n\n  \nx = = 1\n</script>",
			new:      []wire.Position{{Line: 6, Column: 5}},
		},
		"indentation": {
			document: "<script>\ndef f():\nreturn 1\n</script>",
			new:      []wire.Position{{Line: 3, Column: 1}},
		},
		"inside a library": {
			document: "<script>\nimport json\njson.loads('{')\n</script>",
			new:      []wire.Position{{Line: 3, Column: 1}},
		},
		"in async code": {
			document: "<script>\nasync def a():\n  await api.nothing()\nasync def run(ctx):\n  await a()\napi.export({'run': run})</script>",
			new:      []wire.Position{{Line: 3, Column: 3, Function: "a"}, {Line: 5, Column: 3, Function: "run"}},
		},
		"a value that cannot be sent": {
			document: "<script>\nasync def run(ctx):\n  await api.echo(object())\napi.export({'run': run})</script>",
			new:      []wire.Position{{Line: 3, Column: 9, Function: "run"}},
			old:      []wire.Position{{Line: 3, Column: 3, Function: "run"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			onPython(t, func(t *testing.T, python string) {
				h := open(t, python, confine.Limits{})
				_, err := h.begin(t, c.document)
				if err == nil {
					_, err = h.try(t, "run", value.NewObject())
				}
				var fault *wire.Fault
				if !errors.As(err, &fault) {
					t.Fatalf("error %v", err)
				}
				want := c.new
				if c.old != nil && !hasColumns(python) {
					want = c.old
				}
				if diff := cmp.Diff(want, fault.Stack); diff != "" {
					t.Errorf("stack of %v (-want +got):\n%s", fault, diff)
				}
			})
		})
	}
}

// hasColumns tells whether an interpreter knows the columns of its frames.
func hasColumns(python string) bool {
	for _, i := range pythons() {
		if i.Path == python {
			return i.Minor >= 11
		}
	}
	return false
}

func TestTracebacksShowLinesOfTheDocument(t *testing.T) {
	onPython(t, func(t *testing.T, python string) {
		h := open(t, python, confine.Limits{})
		if _, err := h.begin(t, "\n\n<script>\nimport traceback\ndef run(ctx):\n    try:\n        boom()\n    except NameError:\n        traceback.print_exc()\napi.export({'run': run})</script>"); err != nil {
			t.Fatal(err)
		}
		h.call(t, "run", nil)
		for _, want := range []string{`File "test.imjoy.html", line 7, in run`, "boom()"} {
			if !h.logged(want) {
				t.Errorf("no %q in %q", want, h.logs)
			}
		}
		if h.logged("_imjoy") {
			t.Errorf("frames of the shim in %q", h.logs)
		}
	})
}

func TestWhatIsPrintedIsLogged(t *testing.T) {
	h := plugin(t, anyPython(t), `
import sys, logging, os, subprocess
print("from the script")
def run(ctx):
    print("ünïcode", end="")
    print()
    print("to stderr", file=sys.stderr)
    logging.warning("by logging")
    os.write(1, b"raw\n")
    subprocess.run(["echo", "a child"])
api.export({"run": run})`)
	h.call(t, "run", nil)
	for _, want := range []string{"info: from the script", "info: ünïcode", "error: to stderr", "error: WARNING:root:by logging", "info: raw", "info: a child"} {
		if !h.logged(want) {
			t.Errorf("no %q in %q", want, h.logs)
		}
	}
}

func TestErrorsThatNobodySeesAreLogged(t *testing.T) {
	h := plugin(t, anyPython(t), `
import asyncio
async def task(): raise ValueError("in a task")
def run(ctx): api.nothing()
async def start(): asyncio.ensure_future(task()); await asyncio.sleep(0.05)
api.export({"run": run, "start": start})`)
	h.call(t, "run", nil)
	if !h.logged(`unhandled: {"name":"Error","message":"no api.nothing here","stack":[{"line":5,"column":1,"function":"run","block":0}]}`) {
		t.Errorf("logged %q", h.logs)
	}
	h.call(t, "start")
	h.call(t, "run", nil)
	if !h.logged(`unhandled: {"name":"ValueError","message":"in a task","stack":[{"line":4,"column":`) {
		t.Errorf("logged %q", h.logs)
	}
}

func TestFunctionsAreReleased(t *testing.T) {
	h := plugin(t, anyPython(t), `
def run(f): return f()
def keep(f):
    global kept
    kept = f
async def later(f): return await f()
api.export({"run": run, "keep": keep, "later": later})`)
	f := &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) { return 1, nil }}
	for range 50 {
		h.call(t, "run", f)
		h.call(t, "later", f)
	}
	h.call(t, "keep", f)
	for range 100 {
		h.call(t, "keep", f)
		if h.Peer.Given() <= 3 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the plugin still has %d functions", h.Peer.Given())
}

func TestCallsAtTheSameTime(t *testing.T) {
	h := plugin(t, anyPython(t), `
import asyncio
gate = asyncio.Event()
async def wait(): await gate.wait(); return "waited"
async def open_gate(): gate.set()
api.export({"wait": wait, "open": open_gate})`)
	payload, _ := wire.Encode()
	results := make(chan error)
	for range 3 {
		go func() { _, err := h.Peer.Call(context.Background(), "plugin.wait", payload); results <- err }()
	}
	time.Sleep(50 * time.Millisecond)
	h.call(t, "open")
	for range 3 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestCancelSaysWhereACallIs(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   []wire.Position
		lives  bool
	}{
		"busy":    {"def run(ctx):\n  while True: pass\napi.export({'run': run})", []wire.Position{{Line: 3, Column: 3, Function: "run"}}, false},
		"asleep":  {"import time\ndef run(ctx):\n  time.sleep(100)\napi.export({'run': run})", []wire.Position{{Line: 4, Column: 3, Function: "run"}}, false},
		"waiting": {"async def run(ctx):\n  await api.never()\napi.export({'run': run, 'ok': lambda: 1})", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, anyPython(t), confine.Limits{}).withTestAPI()
			if _, err := h.begin(t, "<script>\n"+c.script+"</script>"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			payload, _ := wire.Encode(nil)
			_, err := h.Peer.Call(ctx, "plugin.run", payload)
			var canceled *wire.Canceled
			if !errors.As(err, &canceled) || canceled.Where == nil {
				t.Fatalf("error %v", err)
			}
			if c.want != nil {
				got := canceled.Where.Stack
				for i := range got {
					got[i].Column = 3
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("stack (-want +got):\n%s", diff)
				}
			}
			if c.lives {
				h.call(t, "ok")
			}
		})
	}
}

func TestNumpyArraysGoBothWays(t *testing.T) {
	h := plugin(t, numpyPython(t), `
import numpy as np
async def run(a):
    a += 1
    b = await api.echo(a.T)
    return {"sum": b.sum(), "shape": list(b.shape), "dtype": str(b.dtype), "view": a[::2, 1:], "mean": np.float32(0.5), "zero": np.array(3),
            "big": np.arange(2, dtype=">i4"), "none": np.zeros((0, 2)), "yes": np.bool_(True), "list": [np.int64(7)]}
def bad(kind): return np.array([None, 1j, "x"][kind:kind + 1])
api.export({"run": run, "bad": bad})`)
	a, err := value.FromJSON([]byte(`{"_rtype":"ndarray","_rvalue":[0,1,2,3,4,5],"_rshape":[2,3],"_rdtype":"float32"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"sum":21,"shape":[3,2],"dtype":"float32","view":{"_rtype":"ndarray","_rvalue":[2,3],"_rshape":[1,2],"_rdtype":"float32"},"mean":0.5,` +
		`"zero":{"_rtype":"ndarray","_rvalue":[3],"_rshape":[],"_rdtype":"int64"},"big":{"_rtype":"ndarray","_rvalue":[0,1],"_rshape":[2],"_rdtype":"int32"},` +
		`"none":{"_rtype":"ndarray","_rvalue":[],"_rshape":[0,2],"_rdtype":"float64"},"yes":true,"list":[7]}`
	if diff := cmp.Diff(want, text(t, h.call(t, "run", a))); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	for kind, want := range []string{"an array of object cannot be sent: send x.tolist()", "an array of complex128 cannot be sent", "an array of str32 cannot be sent"} {
		if _, err := h.try(t, "bad", kind); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
