package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// interrupted is a store in which an upgrade of two plugins was decided and not made.
func interrupted(t *testing.T) (s *Store, file string) {
	t.Helper()
	s = open(t, t.TempDir())
	if err := firstError(install(s, []string{"Main", "Helper", "Other"}, "1"), decideOnly(s, "2")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.Dir(), journalDir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	return s, files[0]
}

func TestInterruptedChangeHoldsForReaders(t *testing.T) {
	s, file := interrupted(t)
	reader := open(t, s.Dir())
	for range 2 { // reading does not finish it
		found, err := state(reader)
		if err != nil || found["Main"] != "2" || found["Helper"] != "2" || found["Other"] != "1" {
			t.Fatal(found, err)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Error("a reader wrote:", err)
	}
	// A change of another plugin has nothing to wait for, but its sweep finishes.
	if err := install(s, []string{"Third"}, "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the sweep left the journal")
	}
	if found, err := state(reader); err != nil || found["Main"] != "2" || found["Helper"] != "2" {
		t.Error(found, err)
	}
}

// TestChangedJournalIsRefused flips bytes all over a journal: nothing it says is believed,
// the record files are as they were, and the next change puts it into quarantine.
func TestChangedJournalIsRefused(t *testing.T) {
	s, file := interrupted(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	step := max(1, len(whole)/100)
	for i := 0; i < len(whole); i += step {
		text := []byte(string(whole))
		text[i] ^= 1
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, bad, err := s.Records()
		r, e := s.Record("Main")
		var newer *NewerError
		if err != nil || len(bad) != 1 || e != nil || r.Number != "1" || errors.As(bad[0], &newer) {
			t.Errorf("byte %d: %v, %v; %v, %v", i, bad, err, r, e)
		}
	}
	if err := install(s, []string{"Main"}, "3"); err != nil {
		t.Fatal(err)
	}
	aside, _ := filepath.Glob(filepath.Join(s.Dir(), quarantineDir, "*"))
	if found, err := state(s); err != nil || found["Main"] != "3" || found["Helper"] != "1" || len(aside) != 1 {
		t.Error(found, err, aside)
	}
}

func TestNewerJournalIsLeftAlone(t *testing.T) {
	s, file := interrupted(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), `"version":1`, `"version":2`, 1))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var newer *NewerError
	if err := install(s, []string{"Third"}, "1"); !errors.As(err, &newer) {
		t.Error(err)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(text) {
		t.Error("it was changed:", err)
	}
}

// TestJournalNamesNoOtherFile takes records that are about something else than they say.
func TestJournalNamesNoOtherFile(t *testing.T) {
	record, err := encodeRecord(&Record{Name: "Main", Version: Version{SHA256: hash(nil)}})
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := string(record), "{}"
	for _, edits := range [][]edit{{{"Other", &right}}, {{"Main", &wrong}}, {{"Main", &right}, {"../x", &right}}} {
		text, err := encodeJournal(edits)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeJournal("journal/x.json", text); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}
