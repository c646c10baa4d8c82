package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/lintcache"
)

// A run of lint for which nothing changed since the run before says what that one said,
// without reading a file or even the flags: the arguments are the key, and the kept run
// has the states of all paths that it looked at and the answers to what it asked the
// machine. Whatever reads a file for lint tells linter.seen before.

// Questions about the machine are of these kinds; the rest of a question is the name.
const (
	askEnv    = "env "
	askPython = "python "
)

// lintRun is where the run of these arguments is kept. A nil lintRun keeps nothing.
type lintRun struct {
	dir    string
	key    lintcache.Key
	before *lintcache.Before // what the run before knew of paths
}

type lintRunKey struct{}

// lintAgain says again what the same run said before; done is false when it has to be
// made. Then the context has where to keep it.
func lintAgain(ctx context.Context, a *app.App, args []string) (_ context.Context, code int, done bool) {
	if len(args) == 0 || args[0] != "lint" {
		return ctx, 0, false
	}
	collectLate()
	if a.Now == nil || slices.Contains(args, "--no-cache") {
		return ctx, 0, false
	}
	dir := a.LintCacheDir()
	if dir == "" {
		return ctx, 0, false
	}
	terminals := fmt.Sprint(a.StdinTTY, a.StdoutTTY, a.StderrTTY, a.Columns)
	parts := [][]byte{[]byte("run"), nil, []byte(a.Dir), []byte(terminals)}
	for _, arg := range args {
		parts = append(parts, []byte(arg))
	}
	program := programKey()
	parts[1] = program[:]
	again := &lintRun{dir: dir, key: lintcache.NewKey(parts...)}
	run, before := lintcache.Replay(again.dir, again.key, askedAgain{a}.answer)
	if run != nil {
		return ctx, write(a, run), true
	}
	again.before = before
	return context.WithValue(ctx, lintRunKey{}, again), 0, false
}

// collectLate lets memory be collected first at 64 MB, which most runs never need; from
// then on at five times what is in use.
func collectLate() {
	const first, later = 1600, 400 // percent of the 4 MB that Go begins with, and of what is in use
	debug.SetGCPercent(first)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, later)
}

// write writes what a run wrote. It returns the exit code.
func write(a *app.App, run *lintcache.Run) int {
	for _, chunk := range run.Output {
		to := a.Stdout
		if chunk.Stderr {
			to = a.Stderr
		}
		if _, err := to.Write(chunk.Text); err != nil && !chunk.Stderr {
			report(a, err)
			return exitCode(err)
		}
	}
	return run.Exit
}

// againFrom returns where the run of a context is kept.
func againFrom(ctx context.Context) *lintRun {
	again, _ := ctx.Value(lintRunKey{}).(*lintRun)
	return again
}

// witness returns what notes a run that starts now.
func (r *lintRun) witness(a *app.App) *lintcache.Witness {
	if r == nil {
		return nil
	}
	w := lintcache.NewWitness(a.Now(), r.before)
	if self, err := os.Executable(); err == nil {
		w.Path(self)
	}
	return w
}

// keep keeps a run that ended without failure.
func (r *lintRun) keep(a *app.App, w *lintcache.Witness, err error) {
	var f *failure
	switch {
	case r == nil:
	case err == nil:
		w.Keep(r.dir, r.key, exitFine, a.Now())
	case errors.As(err, &f) && f.code == exitFindings && f.silent:
		w.Keep(r.dir, r.key, exitFindings, a.Now())
	}
}

// repeatable reports whether the same run could be made again: it reads only files, it
// changes none, and no other program has a say.
func (l *linter) repeatable(paths []string) bool {
	o := l.o
	return !o.noCache && !o.fix && !o.watch && !o.writeBaseline && len(l.tools()) == 0 && !slices.Contains(paths, "-")
}

// askedAgain answers what a run asked the machine for.
type askedAgain struct{ app *app.App }

func (a askedAgain) answer(question string) string {
	if name, ok := strings.CutPrefix(question, askEnv); ok {
		return a.app.Env(name)
	}
	if name, ok := strings.CutPrefix(question, askPython); ok {
		python, _ := a.app.FindReadingPython(name)
		return pythonAnswer(python)
	}
	return ""
}

// pythonAnswer tells an interpreter from others, and from none.
func pythonAnswer(python app.ReadingPython) string {
	return fmt.Sprintf("%q %s", python.Path, python.Identity)
}

// notePython notes who reads Python.
func (l *linter) notePython() {
	l.seen.Answer(askPython+l.interpreter(), pythonAnswer(l.python))
	switch {
	case l.python.Path == "":
	case l.python.Identity == "":
		l.seen.Refuse() // it may be another one the next time
	default:
		l.seen.Path(l.python.Path)
	}
}

// witnessed is the outside world, with somebody who notes what is asked and written.
func witnessed(a *app.App, w *lintcache.Witness) *app.App {
	if w == nil {
		return a
	}
	noted := *a
	noted.Stdout, noted.Stderr = w.Stdout(a.Stdout), w.Stderr(a.Stderr)
	noted.Env = func(name string) string {
		value := a.Env(name)
		w.Answer(askEnv+name, value)
		return value
	}
	return &noted
}
