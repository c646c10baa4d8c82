package freeze

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/tags"
)

// parts answers with texts by URL.
type parts map[string]string

func (p parts) load(_ context.Context, r asset.Request) (*asset.Asset, error) {
	address := r.Specifier
	if r.Importer != "" && !strings.Contains(address, ":") {
		base, err := url.Parse(r.Importer)
		if err != nil {
			return nil, err
		}
		joined, err := base.Parse(address)
		if err != nil {
			return nil, err
		}
		address = joined.String()
	}
	address, _, _ = strings.Cut(address, "#")
	text, ok := p[address]
	if !ok {
		return nil, errors.New("the server answered 404 Not Found")
	}
	sum := sha256.Sum256([]byte(text))
	return &asset.Asset{Request: address, Kind: r.Kind, Address: address, Text: []byte(text), SHA256: hex.EncodeToString(sum[:])}, nil
}

var remote = parts{
	"https://h/lib.js":     `self.Lib = {name: "lib", end: "</script>"}; var top = 1;`,
	"https://h/second.js":  `self.Second = Lib.name + top;`,
	"https://h/m.js":       `import {b} from "./b.js"; export default "m" + b;`,
	"https://h/b.js":       `export const b = "b</script>";`,
	"https://h/s.css":      `@import "t.css" print; a { background: url(p.png) } b { src: url("https://h/p.png#x") } c { c: url(#id) }`,
	"https://h/t.css":      `i { content: "</style>" }`,
	"https://h/p.png":      "\x89PNG",
	"https://h/page.png":   "<!DOCTYPE html>",
	"https://h/big.png":    strings.Repeat("x", maxPicture+1),
	"https://h/gpu.js":     `self.Kind = "gpu"`,
	"https://h/cpu.js":     `self.Kind = "cpu"`,
	"https://h/circle.css": `@import "circle.css"; a{}`,
}

const config = `<config lang="json">
{"name": "P", "type": %q, "version": "1.0.0", "api_version": "0.1.8", "description": "d"%s}
</config>
`

func document(kind, more, blocks string) string { return fmt.Sprintf(config, kind, more) + blocks }

func freezeText(t *testing.T, text string, p parts) *Result {
	t.Helper()
	doc, found := pluginfile.Parse("p.imjoy.html", []byte(text))
	if len(pluginfile.Blocking(found)) > 0 {
		t.Fatal(found)
	}
	r, err := Freeze(context.Background(), doc, Options{Load: p.load})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// withoutRecord is a frozen text before its record.
func withoutRecord(text []byte) string {
	before, _, _ := strings.Cut(string(text), "<attachment name=\"imjoy-freeze.json\">")
	return before
}

// TestPartsTakeThePlaceOfTheirNames shows each form with the bytes around it.
func TestPartsTakeThePlaceOfTheirNames(t *testing.T) {
	png := "data:image/png;base64,iVBORw=="
	for _, test := range []struct{ name, text, want string }{
		{"a script requirement",
			document("web-worker", `, "requirements": ["https://h/lib.js",  "js:https://h/second.js"], "x": [ 1 ]`, "<script lang=\"javascript\">\napi.export({})\n</script>\n"),
			document("web-worker", `, "requirements": [], "x": [ 1 ]`, "<script lang=\"javascript\">\n"+evaluated([]byte(remote["https://h/lib.js"]))+"\n</script>\n<script lang=\"javascript\">\n"+evaluated([]byte(remote["https://h/second.js"]))+"\n</script>\n<script lang=\"javascript\">\napi.export({})\n</script>\n")},
		{"a style requirement and cache",
			document("window", `, "requirements": ["https://h/s.css", "cache:https://h/x"]`, "<style>\nq{}\n</style>\n"),
			document("window", `, "requirements": []`, "<style lang=\"css\">\n@media print {\ni { content: \"<\\/style>\" }\n} a { background: url(\""+png+"\") } b { src: url(\""+png+"\") } c { c: url(#id) }\n</style>\n<style>\nq{}\n</style>\n")},
		{"requirements by tag",
			document("web-worker", `, "tags": ["CPU", "GPU"], "requirements": {"CPU": ["https://h/cpu.js"], "GPU": ["https://h/gpu.js"]}`, "<script>\n1\n</script>\n"),
			document("web-worker", `, "tags": ["CPU", "GPU"], "requirements": {"CPU": [], "GPU": []}`, "<script lang=\"javascript\" tag=\"CPU\">\n"+evaluated([]byte(remote["https://h/cpu.js"]))+"\n</script>\n<script lang=\"javascript\" tag=\"GPU\">\n"+evaluated([]byte(remote["https://h/gpu.js"]))+"\n</script>\n<script>\n1\n</script>\n")},
		{"importScripts",
			document("web-worker", "", "<script>\nlet a = 1; importScripts('https://h/gpu.js', \"https://h/cpu.js\"); a++ // https\n</script>\n"),
			document("web-worker", "", "<script>\nlet a = 1; ((0, eval)(\"self.Kind = \\\"gpu\\\"\"), (0, eval)(\"self.Kind = \\\"cpu\\\"\"), undefined); a++ // https\n</script>\n")},
		{"the source of a script of a page",
			document("window", "", "<script lang=\"javascript\" src=\"https://h/gpu.js\" type=\"text/javascript\"></script>\n"),
			document("window", "", "<script lang=\"javascript\"  type=\"text/javascript\">\n(0, eval)(\"self.Kind = \\\"gpu\\\"\");\n</script>\n")},
		{"a link",
			document("window", "", "<link rel=\"stylesheet\" href=\"https://h/t.css\"/>\n"),
			document("window", "", "<style lang=\"css\">\ni { content: \"<\\/style>\" }\n</style>\n")},
		{"pictures of a window",
			document("window", "", "<window>\n<div><img alt='a' src='https://h/p.png'><a href=\"https://h/p.png\">x</a><!-- <img src=\"https://h/p.png\"> --></div>\n</window>\n"),
			document("window", "", "<window>\n<div><img alt='a' src='"+png+"'><a href=\"https://h/p.png\">x</a><!-- <img src=\"https://h/p.png\"> --></div>\n</window>\n")},
		{"pictures of a style",
			document("window", "", "<style>a { background: url( 'https://h/p.png' ) } b { background: url(local.png) }</style>\n"),
			document("window", "", "<style>a { background: url(\""+png+"\") } b { background: url(local.png) }</style>\n")},
		{"cover and icon",
			document("web-worker", `, "cover": ["https://h/p.png",   "x"], "icon": "https://h/p.png"`, "<script>\n1\n</script>\n"),
			document("web-worker", `, "cover": ["`+png+`",   "x"], "icon": "`+png+`"`, "<script>\n1\n</script>\n")},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := freezeText(t, test.text, remote)
			if diff := cmp.Diff(test.want, withoutRecord(r.Text)); diff != "" {
				t.Error(diff)
			}
			if !r.Complete() || len(r.Parts) == 0 {
				t.Errorf("parts %v, left %v", r.Parts, r.Left)
			}
			again := freezeText(t, string(r.Text), parts{})
			if !bytes.Equal(again.Text, r.Text) || !again.Complete() {
				t.Errorf("freezing it again changes it, or leaves %v", again.Left)
			}
			if other := freezeText(t, test.text, remote); !bytes.Equal(other.Text, r.Text) {
				t.Error("the same parts make another file")
			}
		})
	}
}

func TestModulesBecomeOneScript(t *testing.T) {
	text := document("web-worker", "", "<script type=\"module\" lang=\"ts\">\nimport m from \"https://h/m.js\"\nconst x: string = m\nawait 1\napi.export({run() { return x }})\n</script>\n")
	r := freezeText(t, text, remote)
	frozen := withoutRecord(r.Text)
	if strings.Contains(frozen, "import m") || !strings.Contains(frozen, `var b = "b<\/script>"`) || !strings.Contains(frozen, `lang="javascript">`) || strings.Contains(frozen, ": string") {
		t.Errorf("got %s", frozen)
	}
	var urls []string
	for _, p := range r.Parts {
		urls = append(urls, p.Kind+" "+p.URL)
	}
	if diff := cmp.Diff([]string{"module https://h/b.js", "module https://h/m.js"}, urls); diff != "" {
		t.Error(diff)
	}
	if again := freezeText(t, string(r.Text), parts{}); !bytes.Equal(again.Text, r.Text) {
		t.Error("freezing it again changes it")
	}
}

// TestWhatIsLeftIsTold freezes what cannot be had, or not be put in.
func TestWhatIsLeftIsTold(t *testing.T) {
	for _, test := range []struct{ name, text, url, why string }{
		{"a missing script", document("web-worker", `, "requirements": ["https://h/no.js"]`, "<script>1</script>"), "https://h/no.js", "404"},
		{"a missing module", document("web-worker", "", "<script type=\"module\">\nimport \"https://h/no.js\"\n</script>"), "module", "404"},
		{"a relative module", document("web-worker", "", "<script type=\"module\">\nimport \"./no.js\"\n</script>"), "module", "404"},
		{"a page in the place of a picture", document("window", "", "<window><img src=\"https://h/page.html\"></window>"), "https://h/page.html", "404"},
		{"a frame in a window", document("window", "", "<window><iframe src=\"https://h/x\"></iframe></window>"), "https://h/x", "page of its own"},
		{"a page for the plugin", document("rpc-window", `, "base_frame": "https://h/x"`, ""), "https://h/x", "program of another server"},
		{"sheets in a circle", document("window", `, "requirements": ["https://h/circle.css"]`, ""), "circle.css", "import each other"},
		{"a Python package", document("native-python", `, "requirements": ["numpy"]`, "<script lang=\"python\">1</script>"), "numpy", "wheels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := freezeText(t, test.text, remote)
			if r.Complete() || len(r.Left) == 0 || r.Left[0].URL != test.url || !strings.Contains(r.Left[0].Why, test.why) {
				t.Fatalf("got %v", r.Left)
			}
			if !r.Left[0].Place.Known() {
				t.Error("it has no place")
			}
		})
	}
	r := freezeText(t, document("window", `, "cover": "https://h/big.png", "icon": "https://h/no.png"`, ""), remote)
	if !r.Complete() || len(r.Left) != 2 || !strings.Contains(r.Left[0].Why, "256 that are put into a URL") || !strings.Contains(r.Left[1].Why, "404") {
		t.Errorf("got %v", r.Left)
	}
	r = freezeText(t, document("web-worker", "", "<script>\nfetch('https://data.example/x.csv')\n</script>"), remote)
	if !r.Complete() || len(r.Left) != 1 || r.Left[0].URL != "https://data.example/x.csv" || !r.Left[0].Later {
		t.Errorf("got %v", r.Left)
	}
}

// TestAnEndIsNoReasonToLeaveSomething ends the work in the middle of it.
func TestAnEndIsNoReasonToLeaveSomething(t *testing.T) {
	for _, text := range []string{
		document("web-worker", `, "requirements": ["https://h/lib.js"]`, "<script>1</script>"),
		document("web-worker", "", "<script type=\"module\">\nimport 'https://h/m.js'\n</script>"),
		document("window", "", "<window><img src=\"https://h/p.png\"></window>"),
	} {
		doc, _ := pluginfile.Parse("p.imjoy.html", []byte(text))
		ctx, cancel := context.WithCancel(context.Background())
		load := func(context.Context, asset.Request) (*asset.Asset, error) {
			cancel()
			return nil, errors.New("the connection was lost")
		}
		if r, err := Freeze(ctx, doc, Options{Load: load}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v %v", r, err)
		}
	}
}

func TestDependenciesAreInside(t *testing.T) {
	doc, _ := pluginfile.Parse("p.imjoy.html", []byte(document("web-worker", `, "dependencies": ["o/r:Other"]`, "<script>1</script>\n")))
	inner := []byte("<config lang=\"json\">{}</config><script>1</script></attachment>")
	o := Options{Plugins: func(context.Context) ([]Plugin, error) {
		return []Plugin{{Name: "Other \"x\"", Origin: "https://h/o", Text: inner}}, nil
	}}
	r, err := Freeze(context.Background(), doc, o)
	if err != nil {
		t.Fatal(err)
	}
	frozen, found := pluginfile.Parse("f.imjoy.html", r.Text)
	if len(pluginfile.Blocking(found)) > 0 {
		t.Fatal(found)
	}
	if text, ok := Embedded(frozen, `Other "x"`); !ok || !bytes.Equal(text, inner) {
		t.Errorf("got %q", text)
	}
	if _, ok := Embedded(frozen, "Another"); ok {
		t.Error("a plugin that is not there")
	}
	again, err := Freeze(context.Background(), frozen, o)
	if err != nil || !bytes.Equal(again.Text, r.Text) {
		t.Errorf("freezing it again changes it: %v", err)
	}
}

func TestTheRecordTellsWhereEachPartIsFrom(t *testing.T) {
	r := freezeText(t, document("web-worker", `, "requirements": ["https://h/lib.js"]`, "<script>1</script>\n"), remote)
	doc, _ := pluginfile.Parse("f.imjoy.html", r.Text)
	var frozen Frozen
	for _, b := range doc.All(pluginfile.AttachmentBlock) {
		if b.Name() == Record {
			if err := json.Unmarshal([]byte(b.Body().Text), &frozen); err != nil {
				t.Fatal(err)
			}
		}
	}
	sum := sha256.Sum256([]byte(remote["https://h/lib.js"]))
	want := []Part{{Kind: "script", URL: "https://h/lib.js", SHA256: hex.EncodeToString(sum[:]), Size: len(remote["https://h/lib.js"])}}
	if diff := cmp.Diff(want, frozen.Parts); diff != "" || frozen.Version != 1 || len(frozen.Source) != 64 {
		t.Errorf("%s %v", diff, frozen)
	}
}

func TestAttachmentsKeepTheirBytes(t *testing.T) {
	data := "<attachment name=\"data\">\r\n  a,b\r\n  1,\"</p>\"\r\n</attachment>\r\n"
	text := strings.ReplaceAll(document("window", `, "requirements": ["https://h/lib.js"]`, ""), "\n", "\r\n") + data + "<script>1</script>\r\n"
	r := freezeText(t, text, remote)
	if !bytes.Contains(r.Text, []byte(data)) || bytes.Contains(bytes.ReplaceAll(r.Text, []byte("\r\n"), nil), []byte("\n")) {
		t.Errorf("got %q", r.Text)
	}
}

// TestTheOriginalIsSafeFromItsParts puts in texts that try to end their block.
func TestTheOriginalIsSafeFromItsParts(t *testing.T) {
	for _, hostile := range []string{"</script><config>{}</config>", "</SCRIPT\n>", "<!-- <script>", "\u2028</script", "]]></script>", "\xff</script>"} {
		p := parts{"https://h/x.js": "self.x = 1 /*" + hostile + "*/", "https://h/x.css": "a{}/*</style><script>1</script>" + hostile + "*/", "https://h/x.mjs": "export const a = `" + hostile + "`"}
		for _, text := range []string{
			document("window", `, "requirements": ["https://h/x.js", "https://h/x.css"]`, "<script>1</script>\n<style>a{}</style>\n"),
			document("web-worker", "", "<script>importScripts('https://h/x.js')</script>\n"),
			document("web-worker", "", "<script type=\"module\">import {a} from 'https://h/x.mjs'; api.export(a)</script>\n"),
			document("web-worker", "", "<script>const p = import('https://h/x.mjs')</script>\n"),
		} {
			before, _ := pluginfile.Parse("p", []byte(text))
			r := freezeText(t, text, p)
			after, found := pluginfile.Parse("f", r.Text)
			if len(pluginfile.Blocking(found)) > 0 || after.Config.Name != "P" || len(after.All(pluginfile.ConfigBlock)) != 1 {
				t.Errorf("%q in %q: %v", hostile, text, found)
			}
			added := len(after.Blocks) - len(before.Blocks)
			if want := map[bool]int{true: 3, false: 1}[strings.Contains(text, "requirements")]; added != want {
				t.Errorf("%q in %q: %d blocks more", hostile, text, added)
			}
		}
	}
}

// TestCorpusFreezesOrTellsWhy freezes every public plugin without any part: nothing is
// changed, nothing crashes. What IMJOY_FREEZE_FROM names, a folder of frozen files, is
// checked by lint.
func TestCorpusFreezesOrTellsWhy(t *testing.T) {
	for _, file := range corpus.Files(t) {
		doc, found := pluginfile.Parse(file.Name, file.Text)
		if len(pluginfile.Blocking(found)) > 0 {
			continue
		}
		r, err := Freeze(context.Background(), doc, Options{Load: parts{}.load})
		if err != nil {
			if plan, _ := tags.Resolve(doc, ""); plan != nil {
				t.Errorf("%s: %v", file.Name, err)
			}
			continue
		}
		cached := bytes.Contains(file.Text, []byte("cache:"))
		if !bytes.Equal(r.Text, file.Text) && !cached {
			t.Errorf("%s: changed without a part", file.Name)
		}
	}
}

func TestFrozenFilesPassLint(t *testing.T) {
	text := document("window", `, "tags": [], "inputs": null, "outputs": null, "ui": "", "cover": "https://h/p.png", "requirements": ["https://h/lib.js", "https://h/s.css"]`,
		"<window><div id=\"x\"></div></window>\n<style>a{}</style>\n<docs>\n# P\nIt shows.\n</docs>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) {}})\n</script>\n")
	errorsOf := func(text []byte) (list []string) {
		doc, _ := pluginfile.Parse("p.imjoy.html", text)
		for _, d := range lint.Run(analysis.Of(doc, nil, nil), lint.Options{}) {
			if d.Severity == source.Error || d.Severity == source.Warning {
				list = append(list, d.Code+": "+d.Message)
			}
		}
		return list
	}
	r := freezeText(t, text, remote)
	if diff := cmp.Diff(errorsOf([]byte(text)), errorsOf(r.Text)); diff != "" {
		t.Error(diff)
	}
}
