package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
)

// An error that passes through a plugin points at the lines of the one that threw it too,
// and the plugin between is told where it was. An error of its own has no other cause.
func TestErrorsOfOthersKeepTheirPlaces(t *testing.T) {
	helpers := map[string]*engine.Plugin{
		"JavaScript": mustOpen(t, js("\nfunction inner(f) {\n  if (f) return f();\n  throw new RangeError('no');\n}\napi.export({fail: async (f) => await inner(f)})"), engine.Options{Runtimes: []engine.Runtime{engine.Worker()}}),
		"Python": mustOpen(t, plugin("native-python", "python", `
def inner(f):
    if f: return f()
    raise KeyError('no')
async def fail(f=None):
    return await inner(f) if f else inner(f)
api.export({'fail': fail})
`), engine.Options{Runtimes: []engine.Runtime{pythonRuntime(t)}}),
	}
	line := map[string]int{"JavaScript": 7, "Python": 7}
	callers := map[string]string{
		"JavaScript": js(`let h; api.export({
			async setup() { h = await api.getPlugin('Helper') },
			pass: () => h.fail(null), async rpc() { try { await h.fail(null) } catch (e) { throw new Error(String(e)) } }, back: () => h.fail(() => { throw new TypeError('mine') }),
			async own() { try { await h.fail(null) } catch (e) { throw new Error('other') } },
			async told() { try { await h.fail(null) } catch (e) { return e.trace } },
		})`),
		"Python": plugin("native-python", "python", `
h = None
async def setup():
    global h
    h = await api.getPlugin('Helper')
async def pass_on(): await h.fail(None)
def mine(): raise TypeError('mine')
async def back(): await h.fail(mine)
async def own():
    try: await h.fail(None)
    except Exception: raise ValueError('other') from None
async def told():
    try: await h.fail(None)
    except Exception as e: return e.trace
api.export({'setup': setup, 'pass': pass_on, 'back': back, 'own': own, 'told': told})
`),
	}
	for from, text := range callers {
		for to, helper := range helpers {
			t.Run(from+" to "+to, func(t *testing.T) {
				o := engine.Options{Runtimes: []engine.Runtime{engine.Worker(), pythonRuntime(t)}, Host: engine.Host{Plugins: others{"Helper": helper}}}
				p := mustOpen(t, text, o)
				var thrown *engine.ScriptError
				if _, err := p.Call(t.Context(), "pass"); !errors.As(err, &thrown) || thrown.Cause == nil || thrown.Cause.Cause != nil {
					t.Fatalf("passed on: %+v", err)
				}
				if at, _ := thrown.Cause.Frames[0].Place.Range(); at.Line != line[to] || thrown.Cause.Frames[0].Function != "inner" {
					t.Errorf("the cause is at line %d, in %q", at.Line, thrown.Cause.Frames[0].Function)
				}
				if _, err := p.Call(t.Context(), "back"); !errors.As(err, &thrown) || thrown.Cause == nil || thrown.Cause.Cause == nil || thrown.Cause.Cause.Message != "mine" {
					t.Errorf("through its own function: %+v", thrown)
				}
				if _, err := p.Call(t.Context(), "own"); !errors.As(err, &thrown) || thrown.Message != "other" || thrown.Cause != nil {
					t.Errorf("its own: %+v", thrown)
				}
				if from == "JavaScript" { // as a window passes it on
					if _, err := p.Call(t.Context(), "rpc"); !errors.As(err, &thrown) || thrown.Cause == nil || thrown.Cause.Frames[0].Function != "inner" {
						t.Errorf("with its name in its message: %+v", thrown)
					}
				}
				v, err := p.Call(t.Context(), "told")
				if told, _ := v.(string); err != nil || !strings.HasPrefix(told, "plugin \"Test\"\n  at inner (test.imjoy.html:7:") {
					t.Errorf("it is told %q, %v", v, err)
				}
			})
		}
	}
}
