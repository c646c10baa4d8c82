package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "settings")
	s := settingsFolder(dir)
	for _, name := range []string{"A", "a", "../../evil", "CON", "é\x1b[2J", strings.Repeat("n", 300)} {
		if values, err := s.Load(name); len(values) != 0 || err != nil {
			t.Errorf("%q: %v %v", name, values, err)
		}
		want := map[string]string{"k": name}
		if err := s.Save(name, want); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if err := s.Save(name, want); err != nil { // replaces
			t.Errorf("%q: %v", name, err)
		}
		values, err := s.Load(name)
		if diff := cmp.Diff(want, values); diff != "" || err != nil {
			t.Errorf("%q: %v%s", name, err, diff)
		}
	}
	if entries, err := os.ReadDir(dir); len(entries) != 6 || err != nil {
		t.Errorf("%v %v: a file for each plugin, and none that was on its way", entries, err)
	}
}

// What cannot be kept, and what cannot be read, is said and changes nothing.
func TestSettingsThatFail(t *testing.T) {
	dir := t.TempDir()
	s := settingsFolder(dir)
	if err := s.Save("A", map[string]string{"k": "old"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Save("A", map[string]string{"k": strings.Repeat("x", maxSettings)}); err == nil || !strings.Contains(err.Error(), `settings of plugin "A"`) {
		t.Errorf("too large: %v", err)
	}
	if values, err := s.Load("A"); values["k"] != "old" || err != nil {
		t.Errorf("%v %v", values, err)
	}
	if err := os.WriteFile(s.file("A"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("A"); err == nil || !strings.Contains(err.Error(), `settings of plugin "A"`) {
		t.Errorf("broken: %v", err)
	}
}
