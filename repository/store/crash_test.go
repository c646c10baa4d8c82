package store

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
)

// noLocks is for stores that only one goroutine uses.
type noLocks struct{}

func (noLocks) lock(context.Context, string, lockMode) (func(), error) { return func() {}, nil }

func onMemory(m *memory) *Store {
	return &Store{fs: m, locks: noLocks{}, close: func() error { return nil }}
}

// install stores contents by plugin name, with pins on each other as the plugins
// of one closure have them: the first name depends on all others.
func install(s *Store, names []string, generation string) error {
	c, err := s.Begin(context.Background(), names...)
	if err != nil {
		return err
	}
	defer c.Close()
	var pins []Pin
	for i := len(names) - 1; i >= 0; i-- {
		name := names[i]
		sum, err := c.Put([]byte("<config>" + name + generation + "</config>"))
		if err != nil {
			return err
		}
		r := &Record{Name: name, Origin: "test", Version: Version{SHA256: sum, Number: generation}}
		if old, err := s.Record(name); err == nil {
			r.Previous = &old.Version
		}
		if i == 0 {
			r.Dependencies = pins
		}
		if err := c.Save(r); err != nil {
			return err
		}
		pins = append(pins, Pin{Name: name, SHA256: sum})
	}
	return c.Commit()
}

func uninstall(s *Store, names ...string) error {
	c, err := s.Begin(context.Background(), names...)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, name := range names {
		if err := c.Delete(name); err != nil {
			return err
		}
	}
	return c.Commit()
}

// commit is the end of a change of one record.
func (c *Change) commit(r *Record) error { return firstError(c.Save(r), c.Commit()) }

// decideOnly upgrades two plugins and dies when that is decided: no record follows.
func decideOnly(s *Store, generation string) error {
	names := []string{"Main", "Helper"}
	c, err := s.Begin(context.Background(), names...)
	if err != nil {
		return err
	}
	defer c.release()
	for _, name := range names {
		sum, err := c.Put([]byte("<config>" + name + generation + "</config>"))
		if err != nil {
			return err
		}
		if err := c.Save(&Record{Name: name, Origin: "test", Version: Version{SHA256: sum, Number: generation}}); err != nil {
			return err
		}
	}
	_, err = s.decide(c.edits)
	return err
}

// rollBackTo puts the version before in use; when it is already, it is kept again.
func rollBackTo(s *Store, name, number string) error {
	c, err := s.Begin(context.Background(), name)
	if err != nil {
		return err
	}
	defer c.Close()
	r, err := s.Record(name)
	if err != nil {
		return err
	}
	if r.Number != number {
		now := r.Version
		r.Version, r.Previous = *r.Previous, &now
	}
	return c.commit(r)
}

// installLoading stores a plugin with two files that its scripts load, one of which
// stays the same.
func installLoading(s *Store, name, generation string) error {
	c, err := s.Begin(context.Background(), name)
	if err != nil {
		return err
	}
	defer c.Close()
	sum, err := c.Put([]byte("<config>" + name + generation + "</config>"))
	if err != nil {
		return err
	}
	r := &Record{Name: name, Origin: "test", Version: Version{SHA256: sum, Number: generation}}
	for _, text := range []string{"same for all", "script " + generation} {
		sum, err := c.Put([]byte(text))
		if err != nil {
			return err
		}
		r.Assets = append(r.Assets, Asset{URL: "https://host.example/" + text, Kind: "script", SHA256: sum})
	}
	if old, err := s.Record(name); err == nil {
		r.Previous = &old.Version
	}
	return c.commit(r)
}

// state is the version in use of each plugin. Everything a record needs must be
// there and sound, else it is an error.
func state(s *Store) (map[string]string, error) {
	list, bad, err := s.Records()
	if err != nil || len(bad) > 0 {
		return nil, fmt.Errorf("records: %v, %v", bad, err)
	}
	found := map[string]string{}
	for _, r := range list {
		if one, err := s.Record(r.Name); err != nil || one.Number != r.Number {
			return nil, fmt.Errorf("record of %s: %v, %v; the list says %s", r.Name, one, err, r.Number)
		}
		found[r.Name] = r.Number
		for sum := range r.blobs {
			text, err := s.Blob(sum)
			if err != nil {
				return nil, fmt.Errorf("record of %s: %w", r.Name, err)
			}
			if sum == r.SHA256 && !strings.Contains(string(text), r.Name+r.Number) {
				return nil, fmt.Errorf("record of %s has the wrong content", r.Name)
			}
		}
	}
	for _, name := range []string{"Main", "Helper", "Other"} {
		if r, err := s.Record(name); err == nil && found[name] == "" {
			return nil, fmt.Errorf("record of %s: %v is not listed", name, r)
		}
	}
	return found, nil
}

type scenario struct {
	name   string
	before func(*Store) error
	change func(*Store) error
	after  map[string]string
}

var scenarios = []scenario{
	{
		"first install",
		func(*Store) error { return nil },
		func(s *Store) error { return install(s, []string{"Main", "Helper"}, "1") },
		map[string]string{"Main": "1", "Helper": "1"},
	}, {
		"upgrade",
		func(s *Store) error { return install(s, []string{"Main", "Helper"}, "1") },
		func(s *Store) error { return install(s, []string{"Main", "Helper"}, "2") },
		map[string]string{"Main": "2", "Helper": "2"},
	}, {
		"upgrade that drops the version before",
		func(s *Store) error {
			return firstError(install(s, []string{"Main"}, "0"), install(s, []string{"Main"}, "1"))
		},
		func(s *Store) error { return install(s, []string{"Main"}, "2") },
		map[string]string{"Main": "2"},
	}, {
		"uninstall",
		func(s *Store) error { return install(s, []string{"Main", "Helper"}, "1") },
		func(s *Store) error { return uninstall(s, "Main") },
		map[string]string{"Helper": "1"},
	}, {
		"uninstall of two",
		func(s *Store) error { return install(s, []string{"Main", "Helper", "Other"}, "1") },
		func(s *Store) error { return uninstall(s, "Main", "Other") },
		map[string]string{"Helper": "1"},
	}, {
		"upgrade of three",
		func(s *Store) error { return install(s, []string{"Main", "Helper"}, "1") },
		func(s *Store) error { return install(s, []string{"Main", "Helper", "Other"}, "2") },
		map[string]string{"Main": "2", "Helper": "2", "Other": "2"},
	}, {
		"upgrade after an upgrade that was interrupted",
		func(s *Store) error {
			return firstError(install(s, []string{"Main", "Helper"}, "1"), decideOnly(s, "2"))
		},
		func(s *Store) error { return install(s, []string{"Main"}, "3") },
		map[string]string{"Main": "3", "Helper": "2"},
	}, {
		"uninstall after an upgrade that was interrupted",
		func(s *Store) error {
			return firstError(install(s, []string{"Main", "Helper", "Other"}, "1"), decideOnly(s, "2"))
		},
		func(s *Store) error { return uninstall(s, "Helper", "Other") },
		map[string]string{"Main": "2"},
	}, {
		"roll back",
		func(s *Store) error {
			return firstError(install(s, []string{"Main", "Helper"}, "1"), install(s, []string{"Main", "Helper"}, "2"))
		},
		func(s *Store) error { return rollBackTo(s, "Main", "1") },
		map[string]string{"Main": "1", "Helper": "2"},
	}, {
		"upgrade of what loads scripts",
		func(s *Store) error { return installLoading(s, "Main", "1") },
		func(s *Store) error { return installLoading(s, "Main", "2") },
		map[string]string{"Main": "2"},
	}, {
		"install over a corrupt blob",
		func(s *Store) error {
			if err := install(s, []string{"Main"}, "1"); err != nil {
				return err
			}
			return install(s, []string{"Other"}, "1")
		},
		func(s *Store) error { return install(s, []string{"Other"}, "1") },
		map[string]string{"Main": "1", "Other": "1"},
	},
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// prepared returns a disk in the state before the change, all of it synced.
func (sc scenario) prepared(t *testing.T) *memory {
	t.Helper()
	m := newMemory()
	if err := sc.before(onMemory(m)); err != nil {
		t.Fatal(err)
	}
	return m.afterPowerCut(always)
}

// runsAlone skips a test for the race detector, which makes it ten times slower and has
// nothing to see in it.
func runsAlone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("with -short: nothing in this test runs at once, and the race detector makes it slow")
	}
}

// TestPowerCutAtEveryOperation ends the process at each operation that changes
// something, and then loses what was not synced in many ways. All plugins are in
// their old state or all in their new one, whole; and doing it again heals everything.
func TestPowerCutAtEveryOperation(t *testing.T) {
	runsAlone(t)
	states, rolls := 0, uint64(4)
	if long() {
		rolls = 18
	}
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			old, err := state(onMemory(sc.prepared(t)))
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; ; n++ {
				m := sc.prepared(t)
				m.crashAt = n
				was, err := cut(func() error { return sc.change(onMemory(m)) })
				if err != nil {
					t.Fatal(err)
				}
				lucks := []func() bool{always, never}
				for seed := range rolls {
					lucks = append(lucks, dice(seed+uint64(n)<<16))
				}
				for i, luck := range lucks {
					states++
					sc.checkAfter(t, m.afterPowerCut(luck), old, !was, fmt.Sprintf("operation %d, luck %d", n, i))
				}
				if !was {
					return
				}
			}
		})
	}
	t.Logf("%d states", states)
	if states < 2000 {
		t.Errorf("only %d states", states)
	}
}

// checkAfter checks a disk that was found after a crash. finished says that the
// change had reported success, so that the old state is a loss.
func (sc scenario) checkAfter(t *testing.T, m *memory, old map[string]string, finished bool, where string) {
	t.Helper()
	s := onMemory(m)
	found, err := state(s)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	if !maps.Equal(found, sc.after) && (finished || !maps.Equal(found, old)) {
		t.Errorf("%s: found %v; it was %v and becomes %v", where, found, old, sc.after)
	}
	if err := sc.change(s); err != nil {
		t.Errorf("%s: again: %v", where, err)
	}
	again, err := state(s)
	if err != nil || !maps.Equal(again, sc.after) {
		t.Errorf("%s: again: %v, %v", where, again, err)
	}
	for file := range m.files() {
		if strings.HasPrefix(file, stagingDir) || strings.HasPrefix(file, journalDir) {
			t.Errorf("%s: again: %s is left", where, file)
		}
	}
}

// commitOnly upgrades a plugin, and sweeps nothing: others are at work.
func commitOnly(s *Store, name, generation string) error {
	c, err := s.Begin(context.Background(), name)
	if err != nil {
		return err
	}
	defer c.release()
	sum, err := c.Put([]byte("<config>" + name + generation + "</config>"))
	if err != nil {
		return err
	}
	return c.commit(&Record{Name: name, Origin: "test", Version: Version{SHA256: sum, Number: generation}})
}

// TestKilledThenPowerCut kills a process at each operation of an upgrade of two plugins,
// lets another upgrade one of them, and then cuts the power: what that one was told to be
// done stays done, whatever was left of the first.
func TestKilledThenPowerCut(t *testing.T) {
	runsAlone(t)
	both := []string{"Main", "Helper"}
	sc := scenario{before: func(s *Store) error { return install(s, both, "1") }}
	for n := 1; ; n++ {
		m := sc.prepared(t)
		m.crashAt = n
		was, err := cut(func() error { return install(onMemory(m), both, "2") })
		m.crashAt = 0
		if err = firstError(err, commitOnly(onMemory(m), "Main", "3")); err != nil {
			t.Fatal(err)
		}
		for i, luck := range []func() bool{always, never, dice(uint64(n)), dice(uint64(n) << 16)} {
			found, err := state(onMemory(m.afterPowerCut(luck)))
			if err != nil || found["Main"] != "3" || found["Helper"] != "1" && found["Helper"] != "2" {
				t.Errorf("killed at operation %d, luck %d: %v, %v", n, i, found, err)
			}
		}
		if !was {
			return
		}
	}
}

// TestFailureOfEveryOperation lets each operation fail once. Success is reported
// only when the change is made; the state is old or new, also after the power goes.
func TestFailureOfEveryOperation(t *testing.T) {
	runsAlone(t)
	for _, sc := range scenarios {
		for kind, failure := range failures {
			t.Run(sc.name+"/"+kind, func(t *testing.T) {
				old, err := state(onMemory(sc.prepared(t)))
				if err != nil {
					t.Fatal(err)
				}
				for n := 1; ; n++ {
					m := sc.prepared(t)
					m.failAt, m.failure = n, failure
					err := sc.change(onMemory(m))
					if m.ops < n {
						return
					}
					m.failAt = 0
					now, e := state(onMemory(m))
					if e != nil || err == nil && !maps.Equal(now, sc.after) {
						t.Errorf("operation %d reported %v: %v, %v", n, err, now, e)
					}
					for i, luck := range []func() bool{always, never, dice(uint64(n))} {
						sc.checkAfter(t, m.afterPowerCut(luck), old, err == nil, fmt.Sprintf("operation %d, then luck %d", n, i))
					}
				}
			})
		}
	}
}

// TestDoubleSeesCarelessWrites makes sure that the double above can find faults:
// a store that does not sync, or renames too early, does not pass.
func TestDoubleSeesCarelessWrites(t *testing.T) {
	runsAlone(t)
	for name, careless := range map[string]func(*memory) FS{
		"no sync of files":   func(m *memory) FS { return carelessFiles{m} },
		"no sync of folders": func(m *memory) FS { return carelessDirs{m} },
	} {
		change := func(m *memory) error {
			return install(&Store{fs: careless(m), locks: noLocks{}}, []string{"Main", "Helper"}, "1")
		}
		if faults(change) == 0 {
			t.Errorf("%s: no fault was seen", name)
		}
	}
	inTurn := func(m *memory) error {
		return firstError(install(onMemory(m), []string{"Main"}, "1"), install(onMemory(m), []string{"Helper"}, "1"))
	}
	if faults(inTurn) == 0 {
		t.Error("one after the other: no fault was seen")
	}
	together := func(m *memory) error { return install(onMemory(m), []string{"Main", "Helper"}, "1") }
	if n := faults(together); n > 0 {
		t.Errorf("the real one: %d faults", n)
	}
}

// faults counts the states after a power cut during a first installation of Main and
// Helper in which that is neither undone nor done.
func faults(change func(*memory) error) (bad int) {
	for n := 1; n < 60; n++ {
		for seed := range uint64(12) {
			m := newMemory()
			m.crashAt = n
			was, _ := cut(func() error { return change(m) })
			found, err := state(onMemory(m.afterPowerCut(dice(seed))))
			done := maps.Equal(found, map[string]string{"Main": "1", "Helper": "1"})
			if err != nil || !done && (!was || len(found) > 0) {
				bad++
			}
		}
	}
	return bad
}

type carelessFiles struct{ *memory }

func (c carelessFiles) Create(name string) (File, error) {
	f, err := c.memory.Create(name)
	if err != nil {
		return nil, err
	}
	return carelessFile{f}, nil
}

type carelessFile struct{ File }

func (carelessFile) Sync() error { return nil }

type carelessDirs struct{ *memory }

func (carelessDirs) SyncDir(string) error { return nil }
