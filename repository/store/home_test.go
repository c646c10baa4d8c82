package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// TestHomeThatCannotBeUsed: what is wrong with the whole folder can be told from what is
// wrong with a file in it, so that people are told to take another.
func TestHomeThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	homes := []string{file, filepath.Join(file, "home")}
	if runtime.GOOS == "linux" {
		homes = append(homes, "/proc/imjoy")
	}
	if runtime.GOOS != "windows" && os.Geteuid() != 0 { // root may write anywhere
		homes = append(homes, closed, filepath.Join(closed, "home"))
	}
	for _, home := range homes {
		s, err := Open(home, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var bad *HomeError
		if _, err := s.Begin(t.Context(), "X"); !errors.As(err, &bad) || bad.Dir != home {
			t.Errorf("%s: %v", home, err)
		}
		s.Close()
	}
	s, _ := Open(file, Options{})
	defer s.Close()
	var bad *HomeError
	if _, _, err := s.Records(); !errors.As(err, &bad) {
		t.Errorf("reading in a file: %v", err)
	}
}

func TestInHome(t *testing.T) {
	for _, inner := range []error{fs.ErrPermission, syscall.EROFS, syscall.EACCES, syscall.ENOTDIR} {
		var bad *HomeError
		err := InHome("/home", fmt.Errorf("write: %w", &fs.PathError{Op: "open", Path: "x", Err: inner}))
		if !errors.As(err, &bad) || bad.Dir != "/home" || !errors.Is(err, inner) {
			t.Errorf("%v: %v", inner, err)
		}
	}
	for _, inner := range []error{fs.ErrNotExist, syscall.EIO, syscall.ENOSPC, nil} {
		if err := InHome("/home", inner); err != inner {
			t.Errorf("%v became %v", inner, err)
		}
	}
}
