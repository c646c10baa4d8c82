package app

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/repository/store"
)

func keptIn(t *testing.T, dir string) settings {
	t.Helper()
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return settings{s}
}

func set(key, text string) func(map[string]string) {
	return func(values map[string]string) { values[key] = text }
}

func TestSettingsAreKept(t *testing.T) {
	dir := t.TempDir()
	s := keptIn(t, dir)
	for _, name := range []string{"A", "a", "../../evil", "CON", "é\x1b[2J", strings.Repeat("n", 300)} {
		if values, err := s.Load(name); len(values) != 0 || err != nil {
			t.Errorf("%q: %v %v", name, values, err)
		}
		for range 2 { // the second replaces
			if err := s.Change(t.Context(), name, set("k", name)); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
		values, err := s.Load(name)
		if diff := cmp.Diff(map[string]string{"k": name}, values); diff != "" || err != nil {
			t.Errorf("%q: %v%s", name, err, diff)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "settings")); len(entries) != 6 || err != nil {
		t.Errorf("%v %v: a file for each plugin, and none that was on its way", entries, err)
	}
}

// What cannot be kept, and what cannot be read, is said and changes nothing.
func TestSettingsThatFail(t *testing.T) {
	dir := t.TempDir()
	s := keptIn(t, dir)
	if err := s.Change(t.Context(), "A", set("k", "old")); err != nil {
		t.Fatal(err)
	}
	if err := s.Change(t.Context(), "A", set("k", strings.Repeat("x", maxSettings))); err == nil || !strings.Contains(err.Error(), `settings of plugin "A"`) {
		t.Errorf("too large: %v", err)
	}
	if values, err := s.Load("A"); values["k"] != "old" || err != nil {
		t.Errorf("%v %v", values, err)
	}
	for _, broken := range []string{"{", `{"version": 2, "values": {}}`} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(settingsNote("A"))), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load("A"); err == nil || !strings.Contains(err.Error(), `settings of plugin "A"`) {
			t.Errorf("broken: %v", err)
		}
		if err := s.Change(t.Context(), "A", set("k", "new")); err == nil {
			t.Error("broken settings are overwritten")
		}
	}
}

const (
	racers = 16 // processes
	rounds = 10 // settings that each of them writes
)

// TestSettingsOfManyProcesses lets processes change the settings of one plugin at once:
// none of what they set is lost.
func TestSettingsOfManyProcesses(t *testing.T) {
	if dir := os.Getenv("IMJOY_TEST_SETTINGS"); dir != "" { // one of them
		s := keptIn(t, dir)
		for i := range rounds {
			if err := s.Change(context.Background(), "Shared", set(os.Getenv("IMJOY_TEST_RACER")+"-"+strconv.Itoa(i), "x")); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	dir := t.TempDir()
	var group sync.WaitGroup
	for racer := range racers {
		group.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestSettingsOfManyProcesses$")
			cmd.Env = append(os.Environ(), "IMJOY_TEST_SETTINGS="+dir, fmt.Sprintf("IMJOY_TEST_RACER=%d", racer))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	group.Wait()
	values, err := keptIn(t, dir).Load("Shared")
	if err != nil || len(values) != racers*rounds {
		t.Errorf("%d settings are kept of %d: %v", len(values), racers*rounds, err)
	}
}
