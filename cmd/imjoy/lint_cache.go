package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/lintcache"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
)

// What was found in a text before is taken from the cache on disk. Its keys hold all
// that a finding depends on: the text, the last part of the file's name, the options
// that count for the file, the interpreter that reads Python, and this program.

// lintCache is the cache for one run, with what all its keys have in common.
type lintCache struct {
	*lintcache.Cache
	python string // who reads Python, "none" for nobody, "" where that cannot be told
}

// noCache keeps nothing.
var noCache = &lintCache{}

// openCache opens the cache of the project. Where findings alone are not enough, because
// fixes, roles or other linters need the facts, only answers about Python are taken
// from it.
func (l *linter) openCache() *lintCache {
	dir := l.app.LintCacheDir()
	if l.o.noCache || dir == "" {
		return noCache
	}
	c := &lintCache{Cache: lintcache.Open(dir, l.base, programKey(), l.app.Now()), python: "none"}
	if l.python.Path != "" {
		c.python = l.python.Identity
	}
	return c
}

// wantsFacts reports whether a run needs more of each file than its findings.
func (l *linter) wantsFacts() bool {
	return l.o.fix || l.o.diff || l.o.roles || len(l.tools()) > 0
}

// programKey is this program: its version and, because one that is being worked on has
// no other, the file it was started from.
func programKey() lintcache.Key {
	self, _ := os.Executable()
	return programKeyOf(self)
}

func programKeyOf(self string) lintcache.Key {
	info, err := os.Stat(self)
	if err != nil {
		return lintcache.NewKey([]byte(versionLine()))
	}
	return lintcache.NewKey([]byte(versionLine()), []byte(self), fmt.Append(nil, info.Size(), info.ModTime().UnixNano()))
}

// fileKey is the key of what is found in a plugin's text.
func (l *linter) fileKey(f lintFile, sum []byte) lintcache.Key {
	return lintcache.NewKey([]byte("plugin"), []byte(path.Base(f.shown)), optionsText(l.optionsFor(f)), []byte(l.disk.python), sum)
}

// optionsText writes options so that different ones differ.
func optionsText(o lint.Options) []byte {
	text := fmt.Appendf(nil, "%q %q", o.Select, o.Ignore)
	for _, code := range slices.Sorted(maps.Keys(o.Severity)) {
		text = fmt.Appendf(text, " %q=%s", code, o.Severity[code])
	}
	return text
}

// keep puts what was found in a file into the cache.
func (l *linter) keep(s *subject, found []source.Diagnostic) {
	if l.disk.Cache == nil || s.facts == nil || l.wantsFacts() {
		return
	}
	scripts := pythonScripts(s.facts)
	if len(scripts) > 0 {
		if l.disk.python == "" {
			return
		}
		for _, script := range scripts {
			if script.Reason != "" && script.Reason != analysis.NoPython {
				return // it may go better another time
			}
		}
	}
	a := &lintcache.Answer{Findings: found, Summary: lint.Summarize(s.facts), Python: len(scripts), Config: l.disk.configSum(s.facts.Document)}
	l.disk.Keep(s.key, a, s.facts.Document.Source)
}

// keptPython keeps the answers of an interpreter about texts.
type keptPython struct{ *lintCache }

func (k keptPython) key(text string) lintcache.Key {
	return lintcache.NewKey([]byte("python"), []byte(k.python), k.Sum([]byte(text)))
}

func (k keptPython) Get(text string) ([]byte, bool) { return k.Bytes(k.key(text)) }
func (k keptPython) Put(text string, answer []byte) { k.KeepBytes(k.key(text), answer) }

// pythonReader is who reads Python for this run.
func (l *linter) pythonReader() analysis.Python {
	if l.disk.Cache == nil || l.disk.python == "" {
		return l.app.PythonReader(l.python.Path, nil)
	}
	return l.app.PythonReader(l.python.Path, keptPython{l.disk})
}

// sum returns the hash of a file's text: the one that the run before noted, if the file did
// not change since. It is noted with the secret of the cache, without which it means nothing.
func (l *linter) sum(f lintFile, text []byte) []byte {
	if f.path == "-" {
		return l.disk.Sum(text)
	}
	path := absolute(l.app, f.path)
	pack := l.disk.Sum(nil)
	if note, ok := l.seen.Noted(path); ok && bytes.HasPrefix(note, pack) {
		return note[len(pack):]
	}
	sum := l.disk.Sum(text)
	l.seen.Note(path, slices.Concat(pack, sum))
	return sum
}

// configSum is a hash of the config of a plugin and of where it stands, which is all that
// a manifest is compared with; without a config block it is one of the whole text.
func (c *lintCache) configSum(doc *pluginfile.Document) []byte {
	config := doc.Config
	if c.Cache == nil || config.Block == nil {
		return c.Sum(doc.Source.Text)
	}
	span := config.Block.Span
	key := lintcache.NewKey([]byte(config.Lang), fmt.Append(nil, span), doc.Source.Slice(span))
	return key[:]
}

// violations is what the published schema says about the config of a plugin. It takes
// milliseconds to compile, and most changes of a plugin leave the config as it is.
func (l *linter) violations(c *pluginfile.Config) (found []schema.Violation) {
	if l.disk.Cache == nil || c.Block == nil {
		return lint.Violations(c)
	}
	key := lintcache.NewKey([]byte("config"), []byte(c.Lang), c.Block.Source.Slice(c.Block.Span))
	if text, ok := l.disk.Bytes(key); ok && json.Unmarshal(text, &found) == nil {
		return found
	}
	found = lint.Violations(c)
	for i := range found {
		found[i].Rule = source.Place{} // in the schema, which nobody is shown
	}
	if text, err := json.Marshal(found); err == nil {
		l.disk.KeepBytes(key, text)
	}
	return found
}

// compareKey is the key of what a manifest says about files: all of their configs, and
// the names of those near them.
func (c *lintCache) compareKey(m *subject, plugins []listed, files []string) lintcache.Key {
	var parts strings.Builder
	for _, p := range plugins {
		fmt.Fprintf(&parts, "%q %x\n", p.path, p.sum)
	}
	return lintcache.NewKey([]byte("manifest"), c.Sum(m.text), []byte(parts.String()), fmt.Appendf(nil, "%q", files))
}
