package form

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// FuzzParse reads any text as a form and any JSON or YAML as a `ui` value: it must
// not panic, say the same twice, keep every place inside the value, and take the
// defaults it makes up itself. What nothing is said about, ImJoy reads the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`sigma: {id:'sigma', type:'number', min:0, max:10, step:0.5, placeholder:2} px<br>`,
		`{"id":"u", "type":"string", "placeholder":"it's http://x {a}"}`,
		`{id:'c', type:'choose', options:[{label:'one', value:1}, 'two', true, null,], placeholder:1}`,
		`{id:'c', type:'color', placeholder:[120, 1, 1]} {type:'save'} {id:'b', type:'button'}`,
		"<b>{id:'a', type:'number'}</b> } { {a} {id:'a' type:5} {id:'a, x:",
		`[{"m": {"id":"m","type":"choose","options":["a"]}}, "x {id:'a', type:'number'}", [1, {"id": 2}], null]`,
		"|\n  one {id: 'a',\n    type: 'string', placeholder: '\\u00e9 é 12:30'}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, _ := json.Marshal(text)
		for _, try := range []struct{ lang, text string }{{"json", string(quoted)}, {"json", text}, {"yaml", text}} {
			s := source.New("fuzz", []byte(try.text))
			n, _ := conf.Parse(try.lang, source.Whole(s, s.All()))
			check(t, n)
		}
	})
}

func check(t *testing.T, n *conf.Node) {
	form, found := Parse(n)
	again, foundAgain := Parse(n)
	if diff := cmp.Diff(found, foundAgain, cmp.Comparer(func(a, b *source.Source) bool { return a == b })); diff != "" {
		t.Fatalf("not the same twice: %s", diff)
	}
	if diff := cmp.Diff(form.Defaults(), again.Defaults()); diff != "" {
		t.Fatalf("not the same twice: %s", diff)
	}
	inside := func(p source.Place, what string) {
		if p.Span.Start > p.Span.End || p.Known() && n.Origin() == nil && !strings.Contains(string(n.Place.Slice(n.Place.Span)), "*") && !n.Place.Span.Contains(p.Span) {
			t.Fatalf("%s is at %v, outside of %v", what, p.Span, n.Place.Span)
		}
	}
	for _, d := range found {
		inside(d.Place, d.Code)
	}
	seen := map[string]bool{}
	for _, field := range form.Fields {
		inside(field.Place, field.ID)
		if field.DataID == "" || field.Label == "" || seen[field.DataID] {
			t.Fatalf("field %+v", field)
		}
		seen[field.DataID] = true
		for _, o := range field.Options {
			if _, err := field.Parse(o.Label); err != nil {
				t.Fatalf("the option %q is refused: %v", o.Label, err)
			}
		}
	}
	for _, piece := range form.Markup {
		if piece.Field >= len(form.Fields) {
			t.Fatalf("no field %d", piece.Field)
		}
	}
	if len(found) == 0 {
		sameAsImJoy(t, n, form)
	}
}

// sameAsImJoy checks a form that nothing was said about.
func sameAsImJoy(t *testing.T, n *conf.Node, form *Form) {
	text, ok := n.Str()
	if !ok || len(text) > maxText {
		return
	}
	text = textOf(n).trimmed().s
	theirs := map[string]bool{}
	for _, span := range imjoyElements(text) {
		value, ok := imjoyReads(text[span.Start:span.End])
		if !ok {
			t.Fatalf("ImJoy cannot read %s, and nothing was said", text[span.Start:span.End])
		}
		element, _ := value.(map[string]any)
		if id, _ := element["id"].(string); id != "" && element["type"] != Save {
			theirs[id] = true
		}
	}
	for _, field := range form.Fields {
		if _, ok := field.Node.Get("id").Str(); ok && !theirs[field.ID] {
			t.Fatalf("ImJoy does not see %q, and nothing was said", field.ID)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := `"Render a 2D histogram with: <br>pixel size={id:'pixel_size', type:'number', placeholder: 20}nm<br> width={id:'width', type:'number', placeholder: 2560} <br> height={id:'height', type:'number', placeholder: 2560}"`
	n := read(b, "json", text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(n)
	}
}

// TestHostileFormsAreFast reads long broken forms: in time that grows with the square of
// the length they would take half a minute.
func TestHostileFormsAreFast(t *testing.T) {
	for _, piece := range []string{
		"{", "}", "{a:'x} ", "{a:", "{id:'a',type:'number'} ", "{}", `{a:'\u00e9' `, "<b>{id:'a'}", "'{", `{id:"`, "{a:[[[[", " '", "{a:'' ", "<br>", "a: ",
	} {
		text := strings.Repeat(piece, maxText/4/len(piece))
		quoted, _ := json.Marshal(text + "\u00e9\n")
		for _, n := range []*conf.Node{read(t, "json", string(quoted)), {Kind: conf.String, Text: text}} {
			began := time.Now()
			Parse(n)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("%q: %s for %d bytes", piece, took, len(text))
			}
		}
	}
}
