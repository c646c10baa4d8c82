package findings

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func testLink(file string) string { return "file:///home/me/" + file }

var testRules = []*source.Rule{{
	Code: "config-duplicate-key", Severity: source.Warning, Summary: "a key is written twice",
	Doc: "The last one wins.", Bad: "{\"a\": 1, \"a\": 2}", Good: "```\n{\"a\": 1}\n```",
}}

// officialSARIF is the schema that OASIS publishes.
func officialSARIF(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft4
	compiler.AssertFormat = true
	if err := compiler.AddResource("sarif.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("sarif.json")
}

// TestSARIFFitsTheOfficialSchema, with findings of every kind and with none.
func TestSARIFFitsTheOfficialSchema(t *testing.T) {
	official := officialSARIF(t)
	for name, list := range map[string][]source.Diagnostic{"findings": example(t), "none": nil} {
		var out bytes.Buffer
		if err := Write(&out, SARIF, list, Options{Rules: testRules, Version: "1.2.3"}); err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(out.Bytes(), &value); err != nil {
			t.Fatal(err)
		}
		if err := official.Validate(value); err != nil {
			t.Errorf("%s: %#v\n%s", name, err, out.String())
		}
	}
	if official.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}) == nil {
		t.Error("the schema accepts a run without a tool")
	}
}

// TestJUnitIsXML whatever bytes a file holds.
func TestJUnitIsXML(t *testing.T) {
	for _, list := range [][]source.Diagnostic{example(t), nil} {
		var out bytes.Buffer
		if err := Write(&out, JUnit, list, Options{}); err != nil {
			t.Fatal(err)
		}
		var report junitReport
		if err := xml.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatalf("%v:\n%s", err, out.String())
		}
		failing := 0
		for _, d := range list {
			if d.Severity != source.Info {
				failing++
			}
		}
		cases := 0
		for _, s := range report.Suites {
			cases += len(s.Cases)
		}
		if cases != max(len(list), 1) || report.Failures != failing {
			t.Errorf("%d findings, %d of them no notes, gave %d tests, %d of them failed", len(list), failing, cases, report.Failures)
		}
	}
}

// TestFingerprintsStay when lines move, and differ between equal findings.
func TestFingerprintsStay(t *testing.T) {
	const text = "a = b\nc\na = b\n"
	list := func(text string) (list []source.Diagnostic) {
		src := source.New("f", []byte(text))
		for from := 0; ; {
			i := strings.Index(text[from:], "b")
			if i < 0 {
				return list
			}
			from += i + 1
			list = append(list, source.Diagnostic{Code: "x", Place: src.Place(source.Span{Start: from - 1, End: from})})
		}
	}
	before, after := Fingerprints(list(text), nil), Fingerprints(list("new\n"+strings.Replace(text, "c", "c\nd", 1)+"\n  a  = b"), nil)
	if before[0] == before[1] {
		t.Error("two equal findings have one fingerprint")
	}
	if before[0] != after[0] || before[1] != after[1] || len(after) != 3 || after[2] == after[1] {
		t.Errorf("fingerprints changed: %v, %v", before, after)
	}
	if other := Fingerprints(list(text), func(string) string { return "g" }); other[0] == before[0] {
		t.Error("the name of the file does not count")
	}
}

func TestBaselineLeavesAwayWhatItKnows(t *testing.T) {
	all := example(t)
	same := func(name string) string { return name }
	var out bytes.Buffer
	if err := NewBaseline(all[:3], same).Write(&out); err != nil {
		t.Fatal(err)
	}
	baseline, err := ReadBaseline(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	fresh, gone := baseline.New(all[1:], same)
	if len(fresh) != len(all)-3 || gone != 1 || fresh[0].Message != all[3].Message {
		t.Errorf("%d new findings, %d gone; want %d and 1", len(fresh), gone, len(all)-3)
	}
	for _, bad := range []string{"", "{}", `{"version": 2}`, `[1]`} {
		if _, err := ReadBaseline([]byte(bad)); err == nil {
			t.Errorf("%q is a baseline", bad)
		}
	}
}

func TestStatistics(t *testing.T) {
	src := source.New("f", []byte("abc"))
	at := src.Place(source.Span{})
	list := []source.Diagnostic{
		{Code: "b", Severity: source.Info, Place: at}, {Code: "a", Severity: source.Error, Place: at, Fixes: []source.Fix{{}}}, {Code: "a", Severity: source.Warning},
	}
	var out bytes.Buffer
	if err := WriteStatistics(&out, list, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := "2  error  a  in 1 file  1 fixable\n1  info   b  in 1 file  \n"; out.String() != want {
		t.Errorf("got:\n%swant:\n%s", out.String(), want)
	}
}
