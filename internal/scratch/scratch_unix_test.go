//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package scratch

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

const inChild = "IMJOY_TEST_SCRATCH_IN"

// another is a program that makes a folder, says where, and waits to be killed.
func another(t *testing.T, dir string) (path string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWhatKilledProgramsLeft$")
	cmd.Env = append(os.Environ(), inChild+"="+dir)
	in, err := cmd.StdinPipe() // it ends with this test
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the program says nothing")
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		in.Close()
	})
	t.Cleanup(kill)
	return lines.Text(), kill
}

func TestWhatKilledProgramsLeft(t *testing.T) {
	if dir := os.Getenv(inChild); dir != "" {
		f, err := Make(dir, Plugin)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(f.Path, "content"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Println(f.Path)
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	dir := t.TempDir()
	dead, kill := another(t, dir)
	alive, _ := another(t, dir)
	kill()

	// What is not made here stays, whatever it is called.
	elsewhere := t.TempDir()
	mine := filepath.Join(dir, "imjoy-plugin-notes.tmp")
	file := filepath.Join(dir, "imjoy-plugin-1.tmp")
	link := filepath.Join(dir, "imjoy-plugin-2.tmp")
	for _, err := range []error{
		os.Mkdir(mine, 0o700), os.WriteFile(file, nil, 0o600), os.Symlink(elsewhere, link),
		os.WriteFile(filepath.Join(elsewhere, "kept"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := Make(dir, Chosen)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Errorf("the folder of a killed program is there: %v", err)
	}
	for _, path := range []string{filepath.Join(alive, "content"), mine, file, link, filepath.Join(elsewhere, "kept"), f.Path} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
	f.Remove()
	if _, err := os.Stat(f.Path); !os.IsNotExist(err) {
		t.Errorf("a removed folder is there: %v", err)
	}
}

// One who has got a folder from another keeps it when the other has gone.
func TestHeldByAnother(t *testing.T) {
	dir := t.TempDir()
	path, kill := another(t, dir)
	f, err := Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	kill()
	next := func() {
		t.Helper()
		other, err := Make(dir, Plugin)
		if err != nil {
			t.Fatal(err)
		}
		other.Remove()
	}
	next()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	f.Leave()
	next()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("nobody holds it: %v", err)
	}
	if _, err := Hold(path); err == nil {
		t.Error("a folder is held that has gone")
	}
}

// Many at once: each looks for what is left over while the others make theirs.
func TestMakingAtTheSameTime(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 20 {
				f, err := Make(dir, Plugin)
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(f.Path, "x"), nil, 0o600); err != nil {
					t.Error(err)
				}
				f.Remove()
			}
		})
	}
	all.Wait()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d folders are left, such as %s", len(left), left[0].Name())
	}
}

func TestNamesAreOurs(t *testing.T) {
	for _, use := range []Use{Plugin, Chosen, Browser} {
		f, err := Make(t.TempDir(), use)
		if err != nil {
			t.Fatal(err)
		}
		f.Remove()
		if !ours.MatchString(filepath.Base(f.Path)) {
			t.Errorf("%s would stay", f.Path)
		}
	}
	if i := slices.IndexFunc([]string{"imjoy-plugin-1", "imjoy-other-1.tmp", "imjoy-plugin-.tmp", "a-imjoy-plugin-1.tmp"}, ours.MatchString); i >= 0 {
		t.Error(i)
	}
}
