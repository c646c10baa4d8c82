package pyenv

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// build is one environment being made.
type build struct {
	*Environments
	spec *Spec
	dir  string // of the environment
	log  *buildLog

	installed int // packages, for progress
	total     int
}

// python is the interpreter of the environment.
func (b *build) python() string { return pythonOf(b.dir) }

func pythonOf(dir string) string {
	return filepath.Join(dir, "python", binDir, "python"+exe)
}

// step is one program that is run on the way.
type step struct {
	name  string // "resolve the packages"
	path  string
	args  []string
	env   []string
	dir   string // "" means the folder of the environment
	stdin string
	// heard is told each line of output; nil for none.
	heard func(line string)
}

// run runs a step and returns what it printed. All it says is kept in the log,
// without credentials.
func (b *build) run(ctx context.Context, s step) ([]byte, error) {
	if s.dir == "" {
		s.dir = b.dir
	}
	temp := filepath.Join(b.dir, "tmp")
	if err := os.MkdirAll(temp, 0o700); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	b.log.begin(s.name, strings.Join(append([]string{s.path}, s.args...), " "))
	talk := confine.NewLines(func(line string) {
		b.log.line(line)
		if s.heard != nil {
			s.heard(line)
		}
	})
	out := &answer{also: talk}
	child, err := confine.Start(ctx, confine.Command{
		Path: s.path, Args: s.args, Env: b.childEnv(temp, append(b.wheelsEnv(), s.env...)), Dir: s.dir, Stdin: strings.NewReader(s.stdin), Stdout: out, Stderr: talk,
	}, confine.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	exit := child.Wait()
	talk.Flush()
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if exit.Code != 0 {
		tail := b.log.tail()
		return nil, &BuildError{Step: s.name, Exit: exit.String(), Tail: tail, Log: b.log.path, Item: b.blame(tail)}
	}
	if out.over {
		return nil, fmt.Errorf("%s: it answers with more than %d bytes", s.name, maxAnswer)
	}
	return out.Bytes(), nil
}

// complaints are the words with which installers begin to tell what went wrong.
var complaints = pattern(`error|because|no matching|×|fail|not found`)

// blame finds the requirement that an installer complains about: the first that is
// named from its first complaint on.
func (b *build) blame(tail string) requirement.Item {
	complains := false
	for line := range strings.Lines(tail) {
		line = strings.ToLower(line)
		if complains = complains || complaints().MatchString(line); !complains {
			continue
		}
		words := strings.FieldsFunc(line, func(r rune) bool { return !nameRune(r) })
		for _, list := range [][]requirement.Package{b.spec.Pip, b.spec.Conda} {
			for _, p := range list {
				for _, word := range words {
					if word = (requirement.Package{Name: strings.Trim(word, ".-_")}).Key(); word != "" && (word == p.Key() || strings.HasSuffix(p.URL, "/"+word)) {
						return p.Item
					}
				}
			}
		}
	}
	return requirement.Item{}
}

func nameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
}

// answer keeps what a program prints, and hands it on.
type answer struct {
	bytes.Buffer
	also io.Writer
	over bool
}

func (a *answer) Write(p []byte) (int, error) {
	a.also.Write(p)
	if a.over = a.over || a.Len()+len(p) > maxAnswer; a.over {
		return len(p), nil
	}
	return a.Buffer.Write(p)
}

// buildLog is the file with everything that installers said.
type buildLog struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int
	last []string
}

func openLog(path string) (*buildLog, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &buildLog{path: path, file: f}, nil
}

func (l *buildLog) line(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text = address.Redact(text)
	if strings.TrimSpace(text) != "" {
		l.last = append(l.last, text)
		l.last = l.last[max(0, len(l.last)-tailLines):]
	}
	if l.size += len(text) + 1; l.size <= maxLog {
		fmt.Fprintln(l.file, text)
	}
}

// begin notes a step. The tail is of what it says.
func (l *buildLog) begin(name, command string) {
	l.line("# " + name)
	l.line("$ " + command)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = nil
}

func (l *buildLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last, "\n")
}

func (l *buildLog) close() { l.file.Close() }
