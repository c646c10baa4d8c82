package form

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// read parses a config value, JSON unless lang says otherwise.
func read(t testing.TB, lang, text string) *conf.Node {
	t.Helper()
	s := source.New("plugin.imjoy.html", []byte(text))
	n, _ := conf.Parse(lang, source.Whole(s, s.All()))
	return n
}

// ui parses a form from the text of a single ui string.
func ui(t testing.TB, text string) (*Form, []source.Diagnostic) {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(read(t, "json", string(quoted)))
}

// show prints what was found: one line for each diagnostic, with the bytes it marks.
func show(found []source.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		marked := ""
		if d.Place.Known() {
			marked = string(d.Place.Slice(d.Place.Span))
		}
		fmt.Fprintf(&b, "%s %q %s\n", d.Code, marked, d.Message)
	}
	return b.String()
}

func TestElementsAreReadAsWritten(t *testing.T) {
	for _, test := range []struct {
		name, ui string
		want     map[string]any
	}{
		{"bare keys, single quotes", `sigma {id:'sigma', type:'number', placeholder:2}`, map[string]any{"sigma": 2.0}},
		{"strict JSON", `{"id": "s", "type": "string", "placeholder": "x"}`, map[string]any{"s": "x"}},
		{"trailing commas", `{id:'c', type:'choose', options:['a','b',], placeholder:'b',}`, map[string]any{"c": "b"}},
		{"a URL in a value", `{id:'u', type:'string', placeholder:'https://a.b:80/c'}`, map[string]any{"u": "https://a.b:80/c"}},
		{"a time in a value", `{id:'u', type:'string', placeholder:'12:30'}`, map[string]any{"u": "12:30"}},
		{"an apostrophe in double quotes", `{"id":"u", "type":"string", "placeholder":"it's"}`, map[string]any{"u": "it's"}},
		{"an apostrophe in single quotes", `{id:'u', type:'string', placeholder:'it's'}`, map[string]any{"u": "it's"}},
		{"an escaped apostrophe", `{id:'u', type:'string', placeholder:'it\'s'}`, map[string]any{"u": "it's"}},
		{"braces in a value", `{id:'u', type:'string', placeholder:'{a}}'} px`, map[string]any{"u": "{a}}"}},
		{"escapes", `{id:'u', type:'string', placeholder:'a\n\u00e9\ud83d\ude40\x'}`, map[string]any{"u": "a\né🙀x"}},
		{"booleans, null and numbers keep their type", `{id:'c', type:'choose', options:[1, '1', true, 1e-3]}`, map[string]any{"c": 1.0}},
		{"labels", `{id:'c', type:'choose', options:[{label:'one', value:1}, {label:'two', value:2}], placeholder:2}`, map[string]any{"c": 2.0}},
		{"no placeholders", `{id:'n', type:'number'} {id:'s', type:'string'} {id:'c', type:'choose', options:['x','y']} {id:'b', type:'button'}`,
			map[string]any{"n": 3.0, "s": "???", "c": "x", "b": map[string]any{"type": "button"}}},
		{"a color", `{id:'c', type:'color', placeholder:[120, 1, 1]}`, map[string]any{"c": "rgb(0,255,0)"}},
		{"a color by lot is fixed", `{id:'c', type:'color'}`, map[string]any{"c": "rgb(51,153,255)"}},
		{"save has no value", `{type:'save'}`, map[string]any{}},
		{"dataID is the key", `{id:'a', dataID:'b', type:'number', placeholder:1}`, map[string]any{"b": 1.0}},
		{"words without quotes", `{id: a, type: string, placeholder: hello}`, map[string]any{"a": "hello"}},
		{"a hyphen in a key and its id", `op-1: {id: 'op-1', type: 'number', extra-key: 1}`, map[string]any{"op-1": 3.0}},
		{"a line break inside", "{id:'a',\n  type:'number'}", map[string]any{"a": 3.0}},
		{"an empty default", `{id:'a', type:'string', placeholder:''}`, map[string]any{"a": ""}},
		{"a placeholder as ImJoy keeps it", `{id:'a', type:'number', placeholder:{value: 7}}`, map[string]any{"a": 7.0}},
		{"several variables", `{id:'a', type:'variableName'} {id:'b', type:'variableName'}`, map[string]any{"a": "variable", "b": "variable 2"}},
		{"braces that are text", `f = {a} and {id:'x', type:'number'}`, map[string]any{"x": 3.0}},
		{"an open brace", `{ {id:'x', type:'number'}`, map[string]any{"x": 3.0}},
		{"a closing brace first", `} {id:'x', type:'number'}`, map[string]any{"x": 3.0}},
		{"text alone", `Just text`, map[string]any{}},
		{"one string, three widgets", `Render a 2D histogram with: <br>pixel size={id:'pixel_size', type:'number', placeholder: 20}nm<br> width={id:'width', type:'number', placeholder: 2560} <br> height={id:'height', type:'number', placeholder: 2560}`,
			map[string]any{"pixel_size": 20.0, "width": 2560.0, "height": 2560.0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, _ := ui(t, test.ui)
			if diff := cmp.Diff(test.want, f.Defaults()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFormsOfUI(t *testing.T) {
	for _, test := range []struct{ name, json, fields, markup string }{
		{"absent", ``, "", ""},
		{"null", `null`, "", ""},
		{"empty", `""`, "", ""},
		{"a string is trimmed", `"  x {id:'a', type:'number'} \n"`, "a", "x [a]"},
		{"a list of strings", `["x", "y {id:'a', type:'number'}"]`, "a", "x<br>y [a]<br>"},
		{"an object in a list", `[{"model": {"id": "model", "type": "choose", "options": ["A"]}, "note": "text"}]`, "model", "model: [model]<br>note: text<br>"},
		{"a list in an object", `[{"both": [{"id": "a", "type": "number"}, {"id": "b", "type": "number"}]}]`, "a b", "both: [[a],[b]]<br>"},
		{"a list in a list", `[["x", 5]]`, "", "0: x<br>1: 5<br>"},
		{"scalars and null", `[1, true, null, {"k": null}]`, "", "1<br>true<br>k: null<br>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, found := Parse(read(t, "json", test.json))
			if len(found) > 0 {
				t.Error(show(found))
			}
			if got := strings.Join(f.Keys(), " "); got != test.fields {
				t.Errorf("fields %q, want %q", got, test.fields)
			}
			var markup strings.Builder
			for _, piece := range f.Markup {
				if piece.Field >= 0 {
					markup.WriteString("[" + f.Fields[piece.Field].ID + "]")
				} else {
					markup.WriteString(piece.HTML)
				}
			}
			if got := markup.String(); got != test.markup {
				t.Errorf("markup %q, want %q", got, test.markup)
			}
		})
	}
}

func TestDiagnostics(t *testing.T) {
	for _, test := range []struct{ name, json, want string }{
		{"an object", `{"id": "a"}`, "ui-unusable `{\"id\": \"a\"}` `ui` is an object, but a form is text or a list\n"},
		{"a number", `5`, "ui-unusable `5` `ui` is a number, so there is no form\n"},
		{"a missing comma", `"x {id:'a' type:'number'}"`, "ui-syntax `t` this element cannot be read: a comma is missing before this\n"},
		{"a missing brace", `"x {id:'a', type:'number'"`, "ui-syntax `{` this element cannot be read: this bracket is never closed by '}'\n"},
		{"a missing quote", `"x {id:'a, type:5}"`, "ui-syntax `'` this element cannot be read: the text that begins with this ' never ends\n"},
		{"a missing value", `"x {id:, type:'number'}"`, "ui-syntax `,` this element cannot be read: a value is missing here\n"},
		{"a missing colon", `"x {id: 'a', type}"`, "ui-syntax `type` this element cannot be read: a colon and a value are missing behind \"type\"\n"},
		{"typographic quotes", `"{id: ‘a’, type: 'number'}"`, "ui-syntax `‘` this element cannot be read: a value is missing here\n"},
		{"a URL", `"{id:'a', type:'string', placeholder:'http://x'}"`,
			"ui-unportable `http:` ImJoy cannot read this element, and shows no form at all: it takes http: inside a text for a key\n"},
		{"a URL behind escapes", `"\u00e9\n{id:'a', type:'string', placeholder:'\u00e9 http://x'}"`,
			"ui-unportable `http:` ImJoy cannot read this element, and shows no form at all: it takes http: inside a text for a key\n"},
		{"an apostrophe", `"{id:'a', type:'string', placeholder:'it's'}"`,
			"ui-unportable `'` ImJoy cannot read this element, and shows no form at all: a quote stands inside a text\n"},
		{"a trailing comma", `"{id:'a', type:'number',}"`,
			"ui-unportable `,` ImJoy cannot read this element, and shows no form at all: a comma stands before the closing bracket\n"},
		{"a brace in a text", `"{id:'a', type:'string', placeholder:'}'}"`,
			"ui-unportable `}` ImJoy does not find this element: it takes a brace inside a text for its own\n"},
		{"a balanced brace in a text", `"{id:'a', type:'string', placeholder:'{x}'}"`, ""},
		{"a space before a colon", `"{id : 'a', type:'number'}"`,
			"ui-unportable `id :` ImJoy cannot read this element, and shows no form at all: a space stands between id and its colon\n"},
		{"a URL in a written object", `[{"x": {"id": "a", "type": "string", "placeholder": "see http://x"}}]`,
			"ui-unportable `http:` ImJoy cannot read this element, and shows no form at all: it takes http: inside a text for a key\n"},
		{"an open brace before", `"{ {id:'x', type:'number'}"`, "ui-unportable `{` ImJoy does not find this element: a brace outside of any element comes first\n"},
		{"braces that are text", `"a {b} c"`, "ui-unportable `{b}` ImJoy takes these braces for an element, cannot read it, and shows no form at all\n"},
		{"an angle bracket in a value", `"{id:'a', type:'choose', options:['<','='], placeholder:'='}"`,
			"ui-unportable `'<'` ImJoy cleans the form as HTML first, so the plugin gets &lt;, &gt; or &amp; for a character of this text\n"},
		{"inside an HTML element", `"<b>x {id:'a', type:'number'}</b>"`, "ui-unportable `{id:'a', type:'number'}` ImJoy cannot show an element inside <b> and shows no form at all\n"},
		{"after an HTML element", `"<b>x</b><br><img src=a> {id:'a', type:'number'}"`, ""},
		{"an unknown type", `"{id:'a', type:'checkbox'}"`, "ui-unknown-type `'checkbox'` there is no element of type \"checkbox\"\n"},
		{"no type", `"{id:'a', placeholder: 5}"`, "ui-unknown-type `{id:'a', placeholder: 5}` this element has no type; it is taken for a number\n"},
		{"a workflow step", `"{id:'a', type:'math/set'}"`, "ui-unknown-type `'math/set'` \"math/set\" is a step of a workflow, which only ImJoy's own page can edit\n"},
		{"no id", `"{type:'number'}"`, "ui-missing-id `{type:'number'}` this element has no id, so the plugin never sees its value\n"},
		{"an id twice", `"{id:'a', type:'number'} {id:'a', type:'number'}"`, "ui-duplicate-id `{id:'a', type:'number'}` another element has the id \"a\" already, so both show the same value\n"},
		{"a key twice", `"{id:'a', id:'b', type:'number'}"`, "ui-unknown-key `id` the key \"id\" is written twice; the last value counts\n"},
		{"a misspelt key", `"{id:'a', type:'number', placholder: 1}"`, "ui-unknown-key `placholder` an element has no key \"placholder\", so this has no effect\n"},
		{"a default", `"{id:'a', type:'number', default: 1}"`, "ui-unknown-key `default` an element has no key \"default\", so this has no effect\n"},
		{"an unknown key that may mean something", `"{id:'a', type:'number', tooltip: 1}"`, ""},
		{"no options", `"{id:'a', type:'choose'}"`, "ui-bad-options `{id:'a', type:'choose'}` an element of type 'choose' needs a list of options\n"},
		{"a null option", `"{id:'a', type:'choose', options:[1, null]}"`, "ui-bad-options `null` an option must not be null: ImJoy shows no form at all\n"},
		{"half an option", `"{id:'a', type:'choose', options:[{label: 'x'}]}"`, "ui-bad-options `{label: 'x'}` an option that is an object needs both label and value\n"},
		{"a placeholder beside the options", `"{id:'a', type:'choose', options:['fast'], placeholder:'Fast'}"`, "ui-bad-default `'Fast'` the placeholder \"Fast\" is none of the options\n"},
		{"a placeholder of another type", `"{id:'a', type:'choose', options:[1], placeholder:'1'}"`, "ui-bad-default `'1'` the placeholder must be the value of an option, not its label or another type\n"},
		{"a number in quotes", `"{id:'a', type:'number', placeholder:'5'}"`, "ui-bad-default `'5'` the placeholder of a number is written as text: ImJoy shows no form at all\n"},
		{"a number out of range", `"{id:'a', type:'number', min: 10, placeholder: 5}"`, "ui-bad-default `5` the number starts at 5, which is below the minimum 10\n"},
		{"a number between steps", `"{id:'a', type:'number', min: 0, step: 2, placeholder: 5}"`, "ui-bad-default `5` the number starts at 5, which is not a multiple of 2\n"},
		{"a null placeholder", `"{id:'a', type:'string', placeholder: null}"`, "ui-bad-default `null` a placeholder must not be null: ImJoy shows no form at all\n"},
		{"a number for a text", `"{id:'a', type:'string', placeholder: 5}"`, "ui-bad-default `5` the placeholder of a text is a number: in ImJoy the plugin gets no text until somebody edits it\n"},
		{"a hex color", `"{id:'a', type:'color', placeholder: '#fff'}"`, "ui-bad-default `'#fff'` the placeholder of a color must be a list [hue 0-360, saturation 0-1, brightness 0-1]\n"},
		{"swapped limits", `"{id:'a', type:'number', min: 5, max: 1}"`, "ui-bad-bounds `5` the minimum 5 lies above the maximum 1\n"},
		{"a limit that is no number", `"{id:'a', type:'number', max: 'many'}"`, "ui-bad-bounds `'many'` max must be a number\n"},
		{"a step of nothing", `"{id:'a', type:'number', step: 0}"`, "ui-bad-bounds `0` a step must be greater than 0\n"},
		{"CSS is text", `"<style>b{color:red}</style> {id:'a', type:'number'}"`, "ui-unportable `{color:red}` ImJoy takes these braces for an element, cannot read it, and shows no form at all\n"},
		{"nothing wrong", `"op: {id: 'op-ui', type: 'choose', options: ['cat', 'dog'], placeholder: 'cat'}"`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, found := Parse(read(t, "json", test.json))
			got := strings.ReplaceAll(show(found), `\"`, `"`)
			want := strings.ReplaceAll(test.want, "`", `"`)
			want = strings.ReplaceAll(strings.ReplaceAll(want, `"ui" is`, "`ui` is"), `\"`, `"`)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLabels(t *testing.T) {
	for _, test := range []struct{ ui, want string }{
		{`sigma: {id:'s', type:'number'} pixels`, "sigma|pixels"},
		{`Histogram with:<br>pixel size={id:'s', type:'number'}nm<br>x`, "pixel size|nm"},
		{`{id:'s', type:'number'} pixels<br>`, "pixels|"},
		{`{id:'s', type:'number'}`, "s|"},
		{`a {id:'s', type:'number'} b {id:'t', type:'number'} c`, "a|, b|c"},
		{`<p>Size &amp; <b>shape</b>:</p> of it {id:'s', type:'number'}`, "of it|"},
		{`Size &amp; <b>shape</b>: {id:'s', type:'number'}`, "Size & shape|"},
		{`x {id:'s', type:'button', label:'Go &gt;'}`, "Go >|"},
	} {
		f, _ := ui(t, test.ui)
		var got []string
		for _, field := range f.Fields {
			got = append(got, field.Label+"|"+field.After)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", test.ui, diff)
		}
	}
}

func TestDuplicateIDsShareOneValue(t *testing.T) {
	f, _ := ui(t, `a {id:'x', type:'number', placeholder:1} b {id:'x', type:'number', placeholder:2, max:9}`)
	if len(f.Fields) != 1 || f.Fields[0].Default != 1.0 || *f.Fields[0].Max != 9 || f.Fields[0].Label != "a" {
		t.Errorf("got %+v", f.Fields)
	}
	if got := len(f.Markup); got != 4 {
		t.Errorf("%d pieces of markup, want 4: both stand in the text", got)
	}
}

func TestLimits(t *testing.T) {
	many := strings.Repeat("{id:'a',type:'save'}", maxFields+5)
	for name, text := range map[string]string{
		"elements": many, "text": strings.Repeat("x", maxText+1), "depth": "{id:" + strings.Repeat("[", maxDepth+1),
	} {
		_, found := ui(t, text)
		if len(found) != 1 {
			t.Errorf("%s: %d diagnostics, want 1:\n%.300s", name, len(found), show(found))
		}
	}
	_, found := ui(t, strings.Repeat("{a:'x} ", 10000))
	if len(found) != maxUnreadable {
		t.Errorf("%d diagnostics for one broken form", len(found))
	}
	if _, found = ui(t, strings.Repeat("{type:'number'} ", maxFindings+5)); len(found) != maxFindings {
		t.Errorf("%d diagnostics for one careless form", len(found))
	}
}
