package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func keptStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestKeptIsReadAsItWasWritten(t *testing.T) {
	s := keptStore(t)
	if _, _, err := s.Kept("https://a.example/x.js"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	want, err := s.Keep(Kept{Key: "https://a.example/x.js", Address: "https://b.example/x.js", ContentType: "text/javascript"}, []byte("1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, again := range []string{"now", "after a sweep"} {
		k, text, err := s.Kept("https://a.example/x.js")
		if err != nil || string(text) != "1" || !cmp.Equal(*k, want) {
			t.Errorf("%s: got %v %q %v", again, k, text, err)
		}
		if err := s.Sweep(); err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	if err := s.EachKept(func(k Kept) { keys = append(keys, k.Key) }); err != nil || len(keys) != 1 {
		t.Errorf("got %v %v", keys, err)
	}
	if err := s.DropKept(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Kept("https://a.example/x.js"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after a drop: got %v", err)
	}
}

// TestKeptRefusesEveryFlippedByte changes each byte of the entry and of the content.
func TestKeptRefusesEveryFlippedByte(t *testing.T) {
	s := keptStore(t)
	k, err := s.Keep(Kept{Key: "k", Address: "https://a.example/"}, []byte("let answer = 42"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{keptName("k"), keptBlobName(k.SHA256)} {
		file := filepath.Join(s.Dir(), filepath.FromSlash(name))
		sound, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sound {
			bad := append([]byte(nil), sound...)
			bad[i] ^= 1
			if err := os.WriteFile(file, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if got, text, err := s.Kept("k"); err == nil && (string(text) != "let answer = 42" || !cmp.Equal(*got, k)) {
				t.Errorf("%s: byte %d changed, and %v %q was taken", name, i, got, text)
			} else if corrupt := (*CorruptError)(nil); err != nil && !errors.As(err, &corrupt) && !errors.As(err, new(*NewerError)) {
				t.Errorf("%s: byte %d changed: %v", name, i, err)
			}
		}
		if err := os.WriteFile(file, sound, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKeepIsWholeAfterEveryFailure fails each operation of the disk.
func TestKeepIsWholeAfterEveryFailure(t *testing.T) {
	for n := 1; ; n++ {
		m := newMemory()
		m.failAt, m.failure = n, errors.New("input/output error")
		s := onMemory(m)
		_, err := s.Keep(Kept{Key: "k"}, []byte("text"))
		if m.ops < n {
			return
		}
		m.failAt = 0
		if _, text, readErr := s.Kept("k"); err == nil && string(text) != "text" || readErr != nil && !errors.Is(readErr, fs.ErrNotExist) {
			t.Errorf("operation %d: keep says %v, then %q %v", n, err, text, readErr)
		}
	}
}

func TestLockKeyIsHeldByOne(t *testing.T) {
	s := keptStore(t)
	unlock, err := s.LockKey(context.Background(), "k")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.LockKey(ctx, "k"); err == nil {
		t.Error("two hold the lock of one key")
	}
	unlock()
	unlock, err = s.LockKey(context.Background(), "k")
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
