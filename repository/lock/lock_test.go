package lock

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sum(c string) string { return strings.Repeat(c, 64) }

func sample() *File {
	return &File{Plugins: []Plugin{
		{
			Name: "Segment", Origin: "lab/p:Segment", Address: "lab/p@v1:Segment", Commit: strings.Repeat("c", 40),
			URL: "https://raw.example/x.imjoy.html", Size: 12, SHA256: sum("a"), Config: sum("b"), Tag: "GPU", Requested: true,
			Attachments:  []Attachment{{"weights", 4, sum("d")}},
			Requirements: []Requirement{{URL: "https://cdn.example/x.js?a=1&b=<2>", Kind: "script", Size: 3, SHA256: sum("e")}},
			Dependencies: []Dependency{{"Helper", "Helper", "lab/p:Helper"}},
			Permissions:  []string{"python"}, Python: json.RawMessage(`{"packages":["numpy==1"]}`),
		},
		{Name: "Helper", Origin: "lab/p:Helper", Address: "lab/p:Helper", URL: "https://raw.example/h.imjoy.html", SHA256: sum("f"), Config: sum("0")},
	}}
}

func encode(t *testing.T, f *File) []byte {
	t.Helper()
	text, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRoundTrip(t *testing.T) {
	text := encode(t, sample())
	f, err := Parse("imjoy.lock", text)
	if err != nil {
		t.Fatal(err)
	}
	want := sample()
	want.sort()
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	if again := encode(t, f); string(again) != string(text) {
		t.Error("the same plugins gave other bytes")
	}
	if f, err := Parse("x", []byte(strings.ReplaceAll(string(text), "\n", "\r\n"))); err != nil || len(f.Plugins) != 2 {
		t.Errorf("line ends of Windows: %v", err)
	}
	if got := f.Wants(f.Find("Segment", "lab/p:Segment"), "Helper"); got == nil || got.Name != "Helper" {
		t.Errorf("the dependency leads to %v", got)
	}
	if f.At("lab/p@v1:Segment") == nil || f.At("lab/p:Segment") != nil {
		t.Error("addresses are found by what they say")
	}
}

// TestEveryFlippedBit: no lock that was changed by one bit anywhere is taken.
func TestEveryFlippedBit(t *testing.T) {
	text := encode(t, sample())
	refused, bits := 0, 8
	if testing.Short() {
		bits = 1
	}
	for i := range text {
		for bit := range bits {
			changed := []byte(string(text))
			changed[i] ^= 1 << bit
			f, err := Parse("imjoy.lock", changed)
			if err == nil {
				t.Errorf("bit %d of byte %d (%q): taken: %v", bit, i, text[i], f)
			}
			refused++
		}
	}
	t.Logf("%d of %d changes refused", refused, len(text)*bits)
}

func TestParseRefuses(t *testing.T) {
	edit := func(change func(*File)) string {
		f := sample()
		change(f)
		text, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, test := range map[string]struct{ text, says string }{
		"empty":              {"", "not JSON"},
		"list":               {"[]", "not JSON"},
		"newer":              {`{"version": 2}`, "newer"},
		"no version":         {`{}`, "version"},
		"another checksum":   {`{"version": 1, "checksum": "", "plugins": []}`, "checksum"},
		"no hash":            {edit(func(f *File) { f.Plugins[0].SHA256 = "x" }), "not complete"},
		"no hash of config":  {edit(func(f *File) { f.Plugins[0].Config = "x" }), "not complete"},
		"too many plugins":   {edit(func(f *File) { f.Plugins = slices.Repeat(f.Plugins[1:], maxPlugins+1) }), "more than"},
		"no name":            {edit(func(f *File) { f.Plugins[0].Name = "" }), "not complete"},
		"missing dependency": {edit(func(f *File) { f.Plugins = f.Plugins[:1] }), "missing"},
		"requirement":        {edit(func(f *File) { f.Find("Segment", "lab/p:Segment").Requirements[0].SHA256 = "" }), "requirement"},
		"too large":          {strings.Repeat(" ", MaxBytes+1), "larger"},
	} {
		var bad *Error
		if _, err := Parse("imjoy.lock", []byte(test.text)); !errors.As(err, &bad) || !strings.Contains(bad.Why, test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	none := edit(func(f *File) { f.Plugins = nil })
	if _, err := Parse("x", []byte(none)); err != nil || !strings.Contains(none, "\n  \"plugins\": []\n") {
		t.Errorf("an empty lock: %v\n%s", err, none)
	}
}

func TestCompare(t *testing.T) {
	if drifts := Compare(sample(), sample()); drifts != nil {
		t.Errorf("the same: %v", drifts)
	}
	for what, change := range map[string]func(*Plugin){
		"sha256":       func(p *Plugin) { p.SHA256 = sum("9") },
		"size":         func(p *Plugin) { p.Size++ },
		"commit":       func(p *Plugin) { p.Commit = "" },
		"url":          func(p *Plugin) { p.URL += "x" },
		"address":      func(p *Plugin) { p.Address += "x" },
		"tag":          func(p *Plugin) { p.Tag = "CPU" },
		"permissions":  func(p *Plugin) { p.Permissions = append(p.Permissions, "camera") },
		"packages":     func(p *Plugin) { p.Packages = []string{"evil"} },
		"python":       func(p *Plugin) { p.Python = nil },
		"requirements": func(p *Plugin) { p.Requirements[0].SHA256 = sum("9") },
		"attachments":  func(p *Plugin) { p.Attachments[0].Name = "x" },
		// People see the first digits of a hash; all of them count.
		" requirements": func(p *Plugin) { p.Requirements[0].SHA256 = sum("e")[:63] + "f" },
		" attachments":  func(p *Plugin) { p.Attachments[0].SHA256 = sum("d")[:63] + "e" },
		"dependencies":  func(p *Plugin) { p.Dependencies = nil },
		"config":        func(p *Plugin) { p.Config = sum("9") },
		"requested":     func(p *Plugin) { p.Requested = false },
	} {
		now := sample()
		change(now.Find("Segment", "lab/p:Segment"))
		if drifts := Compare(sample(), now); len(drifts) != 1 || drifts[0].What != strings.TrimSpace(what) || drifts[0].String() == "" {
			t.Errorf("%s: %v", what, drifts)
		}
	}
	now := &File{Plugins: []Plugin{{Name: "Zeta", Origin: "o"}, {Name: "New", Origin: "o"}}}
	want := []Drift{
		{"Helper", "plugin", "lab/p:Helper", ""}, {"Segment", "plugin", "lab/p:Segment", ""}, {"New", "plugin", "", "o"}, {"Zeta", "plugin", "", "o"},
	}
	if diff := cmp.Diff(want, Compare(sample(), now)); diff != "" {
		t.Error(diff)
	}
	for drift, says := range map[Drift]string{
		want[0]:                             "Helper is in the lock, but nothing needs it",
		want[2]:                             "New is not in the lock",
		{"Segment", "tag", "GPU", ""}:       "Segment: tag is nothing, the lock has GPU",
		{"Segment", "plugin", "lab/p", "x"}: "Segment is in the lock, but nothing needs it",
	} {
		if drift.String() != says {
			t.Errorf("%v, want %s", drift, says)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := sample().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version":1,"checksum":"","plugins":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("x", text)
		if err != nil {
			return
		}
		again, err := file.Encode()
		if err != nil || string(again) != strings.ReplaceAll(string(text), "\r\n", "\n") {
			t.Errorf("a lock that was taken is written otherwise: %q", again)
		}
	})
}
