package tags

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestPlans compares the plans of every tag of the plugins in testdata, and what is
// said about them, with what was found right once.
func TestPlans(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.imjoy.html")
	if len(files) == 0 {
		t.Fatal("no plugins in testdata")
	}
	expected := map[string]bool{}
	for _, file := range files {
		golden := strings.TrimSuffix(file, ".imjoy.html") + ".golden"
		expected[golden] = true
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := described(t, filepath.Base(file), text)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
	goldens, _ := filepath.Glob("testdata/*.golden")
	for _, golden := range goldens {
		if !expected[golden] {
			t.Errorf("%s belongs to no plugin", golden)
		}
	}
}

// described prints the plans as JSON and the diagnostics one a line.
func described(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	doc, _ := pluginfile.Parse(name, text)
	plans, found := All(doc)
	var b bytes.Buffer
	for _, plan := range plans {
		raw, err := plan.MarshalJSON() // Marshal would write < as \u003c
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Indent(&b, raw, "", "  "); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	for _, d := range found {
		start, _ := d.Place.Range()
		fmt.Fprintf(&b, "%d:%d %s[%s] %s (%s)\n", start.Line, start.Column, d.Severity, d.Code, d.Message, d.Hint)
	}
	return b.Bytes()
}
