package analysis

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// python3 is a Python that starts an interpreter, as the command does.
func python3(t *testing.T) Python {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not on the PATH: facts of Python cannot be read")
	}
	return PythonVia(func(ctx context.Context, program string, input []byte) ([]byte, error) {
		cmd := exec.CommandContext(ctx, path, "-I", "-S", "-c", program)
		cmd.Stdin = bytes.NewReader(input)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		output, err := cmd.Output()
		if err != nil {
			t.Logf("python3: %s", stderr.String())
		}
		return output, err
	})
}

func TestPython(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a class instance", "from imjoy import api\n\nclass P:\n    x = 1\n    async def setup(self):\n        await api.log('größe')\n    def run(self, ctx):\n        return ctx.config.sigma + ctx['config']['n']\n    def _y(self): pass\n\napi.export(P())\n",
			`export "api.export" object complete=true [x setup run _y]
use log at "log" call=true 'größe'
use export at "export" call=true
import imjoy at "from imjoy import api"
setting sigma at "sigma"
setting n at "'n'"
`},
		{"a dictionary, a global api", "def run(ctx): pass\nplugin = {'setup': None, 'run': run}\napi.export(plugin)", "export \"api.export\" object complete=true [setup run]\nuse export at \"export\" call=true\n"},
		{"a base class that is not here", "class P(Base):\n    def run(self): pass\napi.export(P())", "export \"api.export\" object complete=false [run]\nuse export at \"export\" call=true\n"},
		{"another name", "from imjoy_rpc import api as host\nimport imjoy\nhost.export(make())\nimjoy.api.alert('x')\nhost.utils.sleep(1)\nhost['prompt']()", `export "host.export" unknown complete=false []
use export at "export" call=true
use alert at "alert" call=true 'x'
use utils.sleep at "sleep" call=true
use prompt at "'prompt'" call=false
import imjoy_rpc at "from imjoy_rpc import api as host"
import imjoy at "import imjoy"
`},
		{"an api that is handed on", "def f(api): pass\nf(api)\nu = 'https://a.b/c'", "escapes\nurl https://a.b/c at \"'https://a.b/c'\"\n"},
		{"a syntax error", "é = 1\nfrom affogato.imjoy import ImJoyPlugin()\napi.export(1)\n", "unread \nfault \"(\" invalid syntax\n"},
		{"Python 2", "x = 1\nprint 'hello'\n", "unread \nfault \"print 'hello'\" this is Python 2: missing parentheses in call to 'print'. Did you mean print(...)?\n"},
		{"an indented script", "\n  import x\ny\n", "unread \nfault \"  \" unexpected indent\n"},
		{"deep", strings.Repeat("(", 500), "unread \nfault \"(\" too many nested parentheses\n"},
		{"nothing", "", ""},
	}
	texts := make([]string, len(tests))
	for i, test := range tests {
		texts[i] = test.text
	}
	codes, err := python3(t).Read(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, describe(test.text, codes[i])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

const pythonPlugin = "<config lang=\"json\">\n{\"name\": \"A\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"python\">\n  api.export({})\n</script>\n"

func TestPythonIsAskedOnceForAllTexts(t *testing.T) {
	calls, texts := 0, 0
	counting := PythonVia(func(_ context.Context, _ string, input []byte) ([]byte, error) {
		calls++
		texts += bytes.Count(input, []byte("api.export"))
		return []byte(`{"codes":[{"exports":[{"span":[-5,99999],"what":"object"}]}]}`), nil
	})
	var cache Cache
	read := func() []*Facts {
		doc, found := pluginfile.Parse("a", []byte(pythonPlugin))
		return []*Facts{Of(doc, found, &cache), Of(doc, found, &cache)}
	}
	for range 2 {
		facts := read()
		if err := WithPython(t.Context(), counting, &cache, facts...); err != nil {
			t.Fatal(err)
		}
		for _, f := range facts {
			s := f.Scripts[0]
			if !s.Read || len(s.Exports) != 1 {
				t.Fatalf("the script was not read: %+v", s.Code)
			}
			if got := string(s.Block.Source.Slice(s.Place(s.Exports[0].Span).Span)); !strings.Contains(got, "api.export({})") {
				t.Errorf("the export is at %q", got)
			}
		}
	}
	if calls != 1 || texts != 1 {
		t.Errorf("%d calls for %d texts; one of each is enough", calls, texts)
	}
}

func TestAFailingPythonLeavesScriptsUnread(t *testing.T) {
	doc, found := pluginfile.Parse("a", []byte(pythonPlugin))
	for name, run := range map[string]func(context.Context, string, []byte) ([]byte, error){
		"an error": func(context.Context, string, []byte) ([]byte, error) { return nil, errors.New("no python") },
		"not JSON": func(context.Context, string, []byte) ([]byte, error) { return []byte("Traceback"), nil },
		"too few":  func(context.Context, string, []byte) ([]byte, error) { return []byte(`{"codes":[]}`), nil },
	} {
		f := Of(doc, found, nil)
		if err := WithPython(t.Context(), PythonVia(run), nil, f); err == nil {
			t.Errorf("%s: no error", name)
		}
		if f.Scripts[0].Read || f.Scripts[0].Reason != NoPython {
			t.Errorf("%s: %+v", name, f.Scripts[0].Code)
		}
	}
}

// memory is a Kept that does not outlive a test.
type memory map[string][]byte

func (m memory) Get(text string) ([]byte, bool) { answer, ok := m[text]; return answer, ok }
func (m memory) Put(text string, answer []byte) { m[text] = answer }

// Python is asked only for texts that were not kept, and what is kept and cannot be read
// is asked for again.
func TestPythonIsAskedForWhatIsNotKept(t *testing.T) {
	asked := ""
	kept := memory{}
	python := KeptPython(kept, func(_ context.Context, _ string, input []byte) ([]byte, error) {
		var job struct{ Scripts []string }
		if err := json.Unmarshal(input, &job); err != nil {
			return nil, err
		}
		var codes []string
		for _, script := range job.Scripts {
			asked += script + " "
			if script == "odd" {
				codes = append(codes, "null")
				continue
			}
			codes = append(codes, `{"urls":[{"text":"`+script+`","span":[0,1]}]}`)
		}
		return []byte(`{"codes":[` + strings.Join(codes, ",") + `]}`), nil
	})
	for _, test := range []struct{ texts, asked string }{
		{"a b", "a b "}, {"b c a", "c "}, {"a b c", ""}, {"odd", "odd "}, {"a odd", "odd "}, {"b broken", "broken "},
	} {
		asked = ""
		texts := strings.Fields(test.texts)
		codes, err := python.Read(t.Context(), texts)
		if err != nil || asked != test.asked {
			t.Errorf("%s: asked for %q, want %q, %v", test.texts, asked, test.asked, err)
		}
		for i, code := range codes {
			if texts[i] != "odd" && (len(code.URLs) != 1 || code.URLs[0].Text != texts[i]) {
				t.Errorf("%s: the answer for %s is %+v", test.texts, texts[i], code.URLs)
			}
		}
	}
	kept["a"] = []byte("{")
	asked = ""
	if _, err := python.Read(t.Context(), []string{"a", "b"}); err != nil || asked != "a " || string(kept["a"]) == "{" {
		t.Errorf("asked for %q, %v; kept %s", asked, err, kept["a"])
	}
}

func TestShare(t *testing.T) {
	text := func(kilobytes int) string { return strings.Repeat("x", kilobytes<<10) }
	for _, test := range []struct {
		name      string
		kilobytes []int
		n         int
		want      []int // texts in each part
	}{
		{"nothing", nil, 2, []int{0}},
		{"little", []int{10, 20, 30}, 4, []int{3}},
		{"much, one processor", []int{100, 100, 100}, 1, []int{3}},
		{"much, two processors", []int{100, 100, 100, 100}, 2, []int{2, 2}},
		{"one is as large as all others", []int{300, 10, 10, 280}, 2, []int{1, 3}},
		{"the last one is large", []int{10, 10, 500}, 2, []int{2, 1}},
		{"one only", []int{900}, 4, []int{1}},
		{"enough for two of four", []int{40, 40, 40, 40}, 4, []int{2, 2}},
	} {
		var texts, joined []string
		for _, k := range test.kilobytes {
			texts = append(texts, text(k))
		}
		var sizes []int
		for _, part := range share(texts, test.n) {
			sizes = append(sizes, len(part))
			joined = append(joined, part...)
		}
		if diff := cmp.Diff(test.want, sizes); diff != "" || !slices.Equal(joined, texts) {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Several helpers read many texts, and each answer is that of its text.
func TestSeveralHelpers(t *testing.T) {
	helper := python3(t).(*pythonReader).run
	var starts atomic.Int32
	failing := ""
	several := PythonVia(func(ctx context.Context, program string, input []byte) ([]byte, error) {
		starts.Add(1)
		if failing != "" && bytes.Contains(input, []byte(failing)) {
			return nil, errors.New("no more processes")
		}
		return helper(ctx, program, input)
	})
	var texts []string
	for i := range 40 {
		texts = append(texts, fmt.Sprintf("import module%d\n", i)+strings.Repeat("# nothing\n", 1000))
	}
	codes, err := several.Read(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, code := range codes {
		if len(code.Imports) != 1 || code.Imports[0].Text != fmt.Sprintf("module%d", i) {
			t.Errorf("text %d: imports %v", i, code.Imports)
		}
	}
	if want := int32(min(runtime.GOMAXPROCS(0), maxHelpers)); starts.Load() != want {
		t.Errorf("%d helpers were started, not %d", starts.Load(), want)
	}
	failing = "module39"
	if _, err := several.Read(t.Context(), texts); err == nil || err.Error() != "no more processes" {
		t.Errorf("one of them fails: %v", err)
	}
}
