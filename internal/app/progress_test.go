package app

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// said is a stderr that several write to.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// A download that takes long is told now and then where no terminal shows it; one that does
// not is not.
func TestProgressWithoutATerminal(t *testing.T) {
	for how, want := range map[string]string{
		"": "imjoy: fetch big.whl  4.0 of 90.0 MB\nimjoy: fetch big.whl  14.0 of 90.0 MB\n", "none": "", "plain": "fetched https://example.org/a/big.whl (90000000 bytes)\n",
	} {
		now := time.Unix(0, 0)
		err := &said{}
		p := (&App{Stderr: err, Progress: how, Now: func() time.Time { return now }}).newProgress()
		const url = "https://example.org/a/big.whl"
		p.show("https://example.org/small", 100, 100)
		for second := 1; second < 20; second++ {
			now = time.Unix(int64(second), 0)
			if second > 3 {
				p.show(url, int64(second)*1e6, 90e6)
			}
		}
		p.done(url, 90e6)
		p.clear()
		if got := err.String(); got != want {
			t.Errorf("%q: %q, want %q", how, got, want)
		}
	}
}

// Whoever waits for an environment without a terminal sees that it goes on, and nothing
// behind its end.
func TestEnvironmentsInTheMakingAreTold(t *testing.T) {
	err := &said{}
	a := &App{Stderr: err, Now: time.Now}
	p := a.newBuildProgress("Net")
	p.every = time.Millisecond
	p.show(pyenv.Event{Text: "resolve 12 packages"})
	p.show(pyenv.Event{Text: "install torch", Done: 3, Total: 12})
	for deadline := time.Now().Add(20 * time.Second); strings.Count(err.String(), " s: 3 of 12, install torch\n") < 2; {
		if time.Now().After(deadline) {
			t.Fatal(err.String())
		}
		time.Sleep(time.Millisecond)
	}
	p.done(&pyenv.Environment{Resolved: &requirement.Resolved{}})
	end := err.String()
	if !strings.HasPrefix(end, "imjoy: making a Python environment for Net\n") || !strings.Contains(end[strings.LastIndex(end[:len(end)-1], "\n"):], "installed 0 packages in ") {
		t.Error(end)
	}
	time.Sleep(10 * time.Millisecond)
	if err.String() != end {
		t.Errorf("after the end: %s", strings.TrimPrefix(err.String(), end))
	}

	err.text.Reset()
	a.Progress = "none"
	p = a.newBuildProgress("Net")
	p.every = time.Millisecond
	p.show(pyenv.Event{Text: "resolve 12 packages"})
	p.waiting()
	time.Sleep(5 * time.Millisecond)
	p.done(&pyenv.Environment{Resolved: &requirement.Resolved{}})
	if err.String() != "" {
		t.Error(err.String())
	}
}
