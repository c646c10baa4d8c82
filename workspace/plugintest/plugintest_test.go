package plugintest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/plugintest"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if engine.ServeWorker(os.Args) {
		return
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/imjoy-tools/imjoy/internal/confine.serveStarts"))
}

func document(kind, lang, script string) string {
	return fmt.Sprintf("<config lang=\"json\">\n{\"name\": \"Tested\", \"type\": %q, \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=%q>\n%s</script>\n", kind, lang, script)
}

// outcomes runs the tests of a plugin and shows each as "name outcome line: message".
func outcomes(t *testing.T, text string, o plugintest.Options) []string {
	t.Helper()
	result := tested(t, text, o)
	var list []string
	var report plugintest.Report
	report.Add("a.imjoy.html", result)
	for _, one := range report.Plugins[0].Tests {
		line := one.Name + " " + string(one.Outcome)
		if one.Error != nil {
			line += fmt.Sprintf(" %d %s: %s", one.Error.Line, one.Error.Name, one.Error.Message)
		}
		if one.Reason != "" {
			line += " " + one.Reason
		}
		list = append(list, line)
	}
	if result.Err != nil {
		list = append(list, "error: "+result.Err.Error())
	}
	return list
}

func tested(t *testing.T, text string, o plugintest.Options) plugintest.Result {
	t.Helper()
	doc, _ := pluginfile.Parse("a.imjoy.html", []byte(text))
	plan, found := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	with, err := plugintest.Instrument(plan)
	if err != nil {
		t.Fatal(err)
	}
	log := &plugintest.Log{}
	w := workspace.Open(workspace.Options{
		Runtimes: []engine.Runtime{engine.Worker(), python(t)}, Limits: engine.Limits{Timeout: time.Second}, Frontend: workspace.Frontend{Log: log},
	})
	defer func() { _ = w.Close(context.Background()) }()
	o.Now = time.Now
	return plugintest.Run(t.Context(), w, with, len(text), log, o)
}

func python(t *testing.T) engine.Runtime {
	return engine.Python(func(ctx context.Context, _ *requirement.Declaration) (engine.Command, error) {
		path, err := exec.LookPath("python3")
		if err != nil {
			return engine.Command{}, err
		}
		env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
		path, err = engine.ResolvePython(ctx, path, env)
		return engine.Command{Python: path, Env: env}, err
	})
}

// The same plugin in two languages: its lines match, so that places do.
const javaScript = `let setups = 0
api.export({
  setup() { setups++ },
  run() {},
  test_passes(t) { t.equal(1 + 1, 2); t.deepEqual({a: [1, NaN]}, {a: [1, NaN]}); t.close(0.1 + 0.2, 0.3) },
  test_equal(t) {
    t.equal(1, 2, 'one')
  },
  test_deep(t) {
    t.deepEqual({a: [1, 2]}, {a: [1, 3]})
  },
  test_throws(t) { t.throws(() => { throw new TypeError('bad') }, 'bad') },
  test_nothing_thrown(t) {
    t.throws(() => 1)
  },
  test_plain() {
    throw new RangeError('oops')
  },
  test_skip(t) { t.skip('no GPU') },
  async test_late(t) { await api.utils.sleep(0.01); t.ok(true) },
  test_false() { return false },
  test_once(t) { t.equal(setups, 1) },
})
`

const pythonScript = `setups = [0]
class Plugin:
  def setup(self): setups[0] += 1
  def run(self, ctx): pass
  def test_passes(self, t): t.equal(1 + 1, 2); t.deep_equal({"a": [1]}, {"a": [1]}); t.close(0.1 + 0.2, 0.3)
  def test_equal(self, t):
    t.equal(1, 2, "one")

  def test_deep(self, t):
    t.deepEqual({"a": [1, 2]}, {"a": [1, 3]})

  def test_throws(self, t): t.throws(lambda: int("bad"), "bad")
  def test_nothing_thrown(self, t):
    t.throws(lambda: 1)

  def test_plain(self):
    raise IndexError("oops")

  def test_skip(self, t): t.skip("no GPU")
  async def test_late(self, t): await api.utils.sleep(0.01); t.ok(True)
  def test_false(self): return False
  def test_once(self, t): t.equal(setups[0], 1)
api.export(Plugin())
`

func TestBothLanguages(t *testing.T) {
	for _, test := range []struct {
		name, text, deep, nothing, plain string
	}{
		{"javascript", document("web-worker", "javascript", javaScript), "at .a[1]: got 2, expected 3", "nothing was thrown", "RangeError: oops"},
		{"python", document("native-python", "python", pythonScript), "at ['a'][1]: got 2, expected 3", "nothing was raised", "IndexError: oops"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := outcomes(t, test.text, plugintest.Options{})
			want := []string{
				"test_passes pass",
				"test_equal fail 11 AssertionError: one: got 1, expected 2",
				"test_deep fail 14 AssertionError: " + test.deep,
				"test_throws pass",
				"test_nothing_thrown fail 18 AssertionError: " + test.nothing,
				"test_plain fail 21 " + test.plain,
				"test_skip skip no GPU",
				"test_late pass",
				"test_false fail 0 AssertionError: the test answers false",
				"test_once pass",
			}
			if test.name == "python" { // functions come by name
				sortLines(got)
				sortLines(want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func sortLines(list []string) {
	for i := range list {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

func TestChosenAndIsolated(t *testing.T) {
	text := document("web-worker", "javascript", `
let used = 0
api.export({ test_one(t) { t.equal(++used, 1) }, test_two(t) { t.equal(++used, 1) }, testThree() {}, notOne() { throw 1 } })`)
	for _, test := range []struct {
		o    plugintest.Options
		want []string
	}{
		{plugintest.Options{}, []string{"test_one pass", "test_two fail 7 AssertionError: got 2, expected 1", "testThree pass"}},
		{plugintest.Options{Isolate: true}, []string{"test_one pass", "test_two pass", "testThree pass"}},
		{plugintest.Options{Match: regexp.MustCompile("two")}, []string{"test_two pass"}},
	} {
		if diff := cmp.Diff(test.want, outcomes(t, text, test.o)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestAPluginThatEnds opens the plugin again after a test that ran out of time.
func TestAPluginThatEnds(t *testing.T) {
	text := document("web-worker", "javascript", "api.export({ test_hangs() { for (;;); }, test_after(t) { t.ok(1) } })")
	got := outcomes(t, text, plugintest.Options{})
	if len(got) != 2 || !strings.HasPrefix(got[0], "test_hangs fail 5 timeout") || got[1] != "test_after pass" {
		t.Errorf("got %q", got)
	}
}

func TestNoTestRuns(t *testing.T) {
	if got := outcomes(t, document("web-worker", "javascript", "api.export({ setup() { throw new Error('no') }, test_a() {} })"), plugintest.Options{}); !cmp.Equal(got, []string{"error: no"}) {
		t.Errorf("got %q", got)
	}
	if got := outcomes(t, document("web-worker", "javascript", "api.export({ run() {} })"), plugintest.Options{}); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

// TestWhatIsThrownBesides fails a test that passes and leaves something that throws.
func TestWhatIsThrownBesides(t *testing.T) {
	got := outcomes(t, document("web-worker", "javascript", "api.export({ async test_a() { setTimeout(() => { throw new Error('besides') }, 1); await api.utils.sleep(0.05) }, test_b() {} })"), plugintest.Options{})
	if diff := cmp.Diff([]string{"test_a fail 5 Error: besides", "test_b pass"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReports(t *testing.T) {
	text := document("web-worker", "javascript", "api.export({\ntest_a() { console.log('x < y') },\ntest_b(t) { t.equal(1, '<2>') },\ntest_c(t) { t.skip() } })")
	result := tested(t, text, plugintest.Options{})
	result.Took = 0
	for i := range result.Tests {
		result.Tests[i].Took = 0
	}
	var report plugintest.Report
	report.Add("a.imjoy.html", result)
	var junit, json bytes.Buffer
	if err := report.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(&json); err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" skipped="1" time="0.0000">
  <testsuite name="Tested" file="a.imjoy.html" tests="3" failures="1" errors="0" skipped="1" time="0.0000">
    <testcase classname="Tested" name="test_a" file="a.imjoy.html" time="0.0000">
      <system-out>x &lt; y&#xA;</system-out>
    </testcase>
    <testcase classname="Tested" name="test_b" file="a.imjoy.html" line="7" time="0.0000">
      <failure type="AssertionError" message="got 1, expected &#34;&lt;2&gt;&#34;">a.imjoy.html:7:20: got 1, expected &#34;&lt;2&gt;&#34;</failure>
    </testcase>
    <testcase classname="Tested" name="test_c" file="a.imjoy.html" time="0.0000">
      <skipped></skipped>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, junit.String()); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{`"version": 1`, `"passed": 1`, `"failed": 1`, `"skipped": 1`, `"line": 7`, `"text": "x < y"`} {
		if !strings.Contains(json.String(), part) {
			t.Errorf("no %s in %s", part, json.String())
		}
	}
}
