package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain also is the process that the tests below start, and kill.
func TestMain(m *testing.M) {
	if task := os.Getenv("STORE_TEST_TASK"); task != "" {
		if err := work(task, os.Getenv("STORE_TEST_DIR")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func work(task, dir string) error {
	s, err := Open(dir, Options{What: task})
	if err != nil {
		return err
	}
	defer s.Close()
	if rounds, ok := strings.CutPrefix(task, "count "); ok {
		n, _ := strconv.Atoi(rounds)
		for range n {
			if err := count(s); err != nil {
				return err
			}
		}
		return nil
	}
	for n := 0; ; n++ { // until killed
		if err := install(s, []string{"Main", "Helper", "Other"}, strconv.Itoa(n)); err != nil {
			return err
		}
		if n%5 == 4 {
			if err := uninstall(s, "Other"); err != nil {
				return err
			}
		}
	}
}

// count adds one to the version of a plugin: updates that overlap would be lost.
func count(s *Store) error {
	c, err := s.Begin(context.Background(), "Counter")
	if err != nil {
		return err
	}
	defer c.Close()
	n := 0
	if old, err := s.Record("Counter"); err == nil {
		n, _ = strconv.Atoi(old.Number)
	}
	number := strconv.Itoa(n + 1)
	sum, err := c.Put([]byte("<config>Counter" + number + "</config>"))
	if err != nil {
		return err
	}
	return c.commit(&Record{Name: "Counter", Version: Version{SHA256: sum, Number: number}})
}

func child(t *testing.T, task, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_TASK="+task, "STORE_TEST_DIR="+dir)
	cmd.Stderr = &strings.Builder{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// long reports whether the long versions of tests are wanted.
func long() bool { return os.Getenv("IMJOY_LONG") != "" }

func TestProcessesDoNotLoseUpdates(t *testing.T) {
	processes, rounds := 16, 3
	if long() {
		rounds = 20
	}
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range processes {
		cmd := child(t, fmt.Sprintf("count %d", rounds), dir)
		wg.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v: %s", err, cmd.Stderr)
			}
		})
	}
	reader := open(t, dir)
	done := make(chan struct{})
	reads := make(chan int)
	go func() { // reads see a whole version at any time
		n := 0
		for {
			select {
			case <-done:
				reads <- n
				return
			default:
			}
			if r, text, err := reader.Load("Counter"); err == nil && string(text) == "<config>Counter"+r.Number+"</config>" {
				n++
			} else if _, e := os.Stat(reader.Dir() + "/records"); err != nil && e == nil && n > 0 {
				t.Errorf("read while others write: %v", err)
			}
		}
	}()
	wg.Wait()
	close(done)
	t.Logf("%d reads meanwhile", <-reads)
	r, _, err := reader.Load("Counter")
	if err != nil || r.Number != strconv.Itoa(processes*rounds) {
		t.Errorf("counted %+v, %v; want %d", r, err, processes*rounds)
	}
}

func TestGoroutinesDoNotLoseUpdates(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 2 {
				if err := count(s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r, err := s.Record("Counter"); err != nil || r.Number != "32" {
		t.Error(r, err)
	}
}

// oneGeneration refuses a state in which plugins that always change together do not
// agree. Other is not always there.
func oneGeneration(found map[string]string) error {
	if found["Helper"] != found["Main"] || found["Other"] != "" && found["Other"] != found["Main"] {
		return fmt.Errorf("a part of a change: %v", found)
	}
	return nil
}

// TestReadersSeeChangesWhole lists the plugins while another process changes three of
// them together, over and over.
func TestReadersSeeChangesWhole(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	cmd := child(t, "install", dir)
	defer cmd.Wait()
	defer cmd.Process.Kill()
	seen := map[string]bool{}
	deadline := time.Now().Add(10 * time.Second)
	for len(seen) < 25 && time.Now().Before(deadline) {
		list, bad, err := s.Records()
		if err != nil || len(bad) > 0 {
			t.Fatal(err, bad)
		}
		found := map[string]string{}
		for _, r := range list {
			found[r.Name] = r.Number
		}
		if err := oneGeneration(found); err != nil {
			t.Fatal(err)
		}
		seen[found["Main"]] = true
	}
	if len(seen) < 5 {
		t.Errorf("only %d generations were seen", len(seen))
	}
}

// TestKilledProcess kills a process that installs and uninstalls, at random moments. The
// store is sound each time, what changes together has changed together, and the next
// process goes on with it.
func TestKilledProcess(t *testing.T) {
	kills := 15
	if long() {
		kills = 200
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	luck := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	s := open(t, dir)
	for kill := range kills {
		cmd := child(t, "install", dir)
		time.Sleep(time.Duration(10+luck.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if out := cmd.Stderr.(*strings.Builder).String(); out != "" {
			t.Errorf("kill %d: the process failed before: %s", kill, out)
		}
		found, err := state(s)
		if err == nil {
			err = oneGeneration(found)
		}
		if err != nil {
			t.Errorf("kill %d: %v", kill, err)
		}
	}
	if err := install(s, []string{"Main", "Helper", "Other"}, "last"); err != nil {
		t.Fatal(err)
	}
	if found, err := state(s); err != nil || found["Main"] != "last" || found["Other"] != "last" {
		t.Error(found, err)
	}
	for _, file := range files(t, dir) {
		if strings.Contains(file, stagingDir) || strings.Contains(file, journalDir) {
			t.Errorf("left on its way: %s", file)
		}
	}
}
