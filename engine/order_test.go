package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
)

// Calls that nobody waits for reach another plugin, and a function it was given, in the
// order in which they were made, in both languages.
func TestCallsKeepTheirOrder(t *testing.T) {
	const n = 200
	helpers := map[string]string{
		"JavaScript": js("let list = []; api.export({add: (i) => { list.push(i) }, take: () => { const all = list; list = []; return all.join() }, each: (n, f) => { for (let i = 0; i < n; i++) f(i) }})"),
		"Python": plugin("native-python", "python", `
items = []
def add(i): items.append(int(i))
def take():
    text = ','.join(map(str, items))
    items.clear()
    return text
def each(n, f):
    for i in range(int(n)): f(i)
api.export({'add': add, 'take': take, 'each': each})
`),
	}
	callers := map[string]string{
		"JavaScript": js(`let h; api.export({async setup() { h = await api.getPlugin('Helper') },
			async calls(n) { for (let i = 0; i < n; i++) h.add(i); return await h.take() },
			async callbacks(n) { const list = []; return await new Promise((done) => { h.each(n, (i) => { if (list.push(i) === n) done(list.join()) }) }) },
		})`),
		"Python": plugin("native-python", "python", `
import asyncio
h = None
async def setup():
    global h
    h = await api.getPlugin('Helper')
async def calls(n):
    for i in range(int(n)): h.add(i)
    return await h.take()
async def callbacks(n):
    items, done = [], asyncio.get_running_loop().create_future()
    def got(i):
        items.append(int(i))
        if len(items) == n: done.set_result(','.join(map(str, items)))
    await h.each(n, got)
    return await done
api.export({'setup': setup, 'calls': calls, 'callbacks': callbacks})
`),
	}
	var numbers []string
	for i := range n {
		numbers = append(numbers, fmt.Sprint(i))
	}
	want := strings.Join(numbers, ",")
	all := runtimes()
	for from, text := range callers {
		for to, helper := range helpers {
			for name, rt := range all {
				if from == "Python" && to == "Python" && name != "worker" {
					continue // once is enough
				}
				t.Run(from+" to "+to+", JavaScript "+name, func(t *testing.T) {
					o := engine.Options{Runtimes: []engine.Runtime{rt, pythonRuntime(t)}}
					o.Host.Plugins = others{"Helper": mustOpen(t, helper, o)}
					p := mustOpen(t, text, o)
					for _, method := range []string{"calls", "callbacks"} {
						if v, err := p.Call(t.Context(), method, float64(n)); v != want || err != nil {
							t.Errorf("%s: %v %v", method, v, err)
						}
					}
				})
			}
		}
	}
}
