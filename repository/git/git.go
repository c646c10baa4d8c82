// Package git reads files of git repositories on any host, by the program git. Make a
// [Git] with [New], get a [Tree] with [Git.Fetch], read its files with [Tree.File].
//
// Nothing is checked out: objects are fetched into a bare repository below the cache
// and read from there, so no hook, filter, link or submodule of the repository has a
// say. Of git's protocols only https is allowed, file where the address says so, and
// http where a mirror or --allow-net names the host. https goes through a proxy inside
// this process, whose connections pass the guard of package fetch and whose bytes are
// counted. The person's own configuration of git is not read.
package git

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/repository/address"
)

const (
	maxTransfer = 256 << 20       // bytes of one fetch
	maxTime     = 5 * time.Minute // of one fetch
	maxList     = 16 << 20        // bytes of a list of files
	maxObject   = 1 << 30         // bytes of a file that git may write
)

// Options say how git is used.
type Options struct {
	Dir     string              // of the bare repositories; made when needed
	Env     func(string) string // like os.Getenv: PATH is taken from it
	Offline bool                // read only what was fetched before
	// Dial connects to a host as the guard allows.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Mirror rewrites a URL; named reports that a person named its host, so that it may
	// be private and speak http.
	Mirror func(url string) (to string, named bool)
}

// Git fetches from git repositories. It is safe for concurrent use by several
// processes as far as git is.
type Git struct{ o Options }

// New returns a Git.
func New(o Options) *Git { return &Git{o} }

// Error is a git repository that could not be read.
type Error struct {
	URL     string // redacted
	Why     string
	Missing bool // git itself is not there
	Offline bool
}

func (e *Error) Error() string { return fmt.Sprintf("read the git repository %s: %s", e.URL, e.Why) }

// Tree is the files of one commit.
type Tree struct {
	Commit string // full id
	g      *Git
	dir    string
	url    string
}

var commitID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`) })

// Fetch gets a commit: what a ref stands for now, or a full commit id. "" is the
// default branch. A commit that was fetched before needs no network.
func (g *Git) Fetch(ctx context.Context, link, ref string) (*Tree, error) {
	sum := sha256.Sum256([]byte(link))
	t := &Tree{g: g, url: address.Redact(link), dir: filepath.Join(g.o.Dir, hex.EncodeToString(sum[:16]))}
	if ref == "" {
		ref = "HEAD"
	}
	name := sha256.Sum256([]byte(ref))
	own := "refs/imjoy/" + hex.EncodeToString(name[:8])
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	known := t.resolve(ctx, own)
	if known != "" && (g.o.Offline || strings.EqualFold(known, ref)) {
		t.Commit = known
		return t, nil
	}
	if g.o.Offline {
		return nil, &Error{URL: t.url, Why: "offline: it was not fetched before", Offline: true}
	}
	if err := t.fetch(ctx, link, ref, own); err != nil {
		return nil, err
	}
	if t.Commit = t.resolve(ctx, own); t.Commit == "" {
		return nil, t.fail("the answer has no commit " + ref)
	}
	return t, nil
}

func (t *Tree) fail(why string) error { return &Error{URL: t.url, Why: why} }

// resolve returns the commit of a ref of ours, "" for none.
func (t *Tree) resolve(ctx context.Context, ref string) string {
	if _, err := os.Stat(filepath.Join(t.dir, "HEAD")); err != nil {
		return ""
	}
	out, err := t.run(ctx, nil, 128, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if id := strings.TrimSpace(string(out)); err == nil && commitID().MatchString(id) {
		return id
	}
	return ""
}

func (t *Tree) fetch(ctx context.Context, link, ref, own string) error {
	settings, from, way, err := t.transport(link)
	if err != nil {
		return err
	}
	if way != nil {
		defer way.close()
	}
	if _, err := os.Stat(filepath.Join(t.dir, "HEAD")); err != nil {
		if err := os.MkdirAll(t.dir, 0o700); err != nil {
			return err
		}
		if _, err := t.run(ctx, nil, maxList, "init", "--quiet", "--bare", "--template="); err != nil {
			return err
		}
	}
	_, err = t.run(ctx, settings, maxList, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--", from, "+"+ref+":"+own)
	if way != nil {
		return way.explain(err)
	}
	return err
}

// transport returns the settings for one address: which protocol, and the way out,
// nil where no guard is needed.
func (t *Tree) transport(link string) (settings []string, from string, way *proxy, err error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, "", nil, t.fail("the URL cannot be read")
	}
	if u.Scheme == "file" {
		return []string{"protocol.file.allow=always"}, link, nil, nil
	}
	named := false
	from = link
	if t.g.o.Mirror != nil {
		if from, named = t.g.o.Mirror(link); named {
			u, err = url.Parse(from)
		}
	}
	switch {
	case err != nil:
		return nil, "", nil, t.fail("the URL cannot be read")
	case named && (u.Scheme == "http" || u.Scheme == "https"):
		return append(t.g.certificates(), "protocol."+u.Scheme+".allow=always"), from, nil, nil
	case u.Scheme != "https":
		return nil, "", nil, t.fail("only https is fetched, not " + u.Scheme)
	}
	if way, err = listen(t.g.o.Dial); err != nil {
		return nil, "", nil, err
	}
	return append(t.g.certificates(), "protocol.https.allow=always", "http.proxy="+way.address), from, way, nil
}

// certificates are those that the person named for all programs.
func (g *Git) certificates() []string {
	if file := g.o.Env("SSL_CERT_FILE"); file != "" {
		return []string{"http.sslCAInfo=" + file}
	}
	return nil
}

// always are the settings of every command: nothing of the person's configuration,
// nothing that a repository could make run.
var always = []string{
	"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "credential.helper=", "protocol.allow=never",
	"http.followRedirects=initial", "http.lowSpeedLimit=1", "http.lowSpeedTime=30", "transfer.fsckObjects=true",
	"gc.auto=0", "maintenance.auto=false", "fetch.recurseSubmodules=false", "submodule.recurse=false", "uploadpack.packObjectsHook=",
	"safe.directory=*",
}

func (t *Tree) run(ctx context.Context, settings []string, limit int, args ...string) ([]byte, error) {
	words := []string{"--git-dir=" + t.dir, "--no-replace-objects", "--literal-pathspecs"}
	for _, setting := range append(append([]string{}, always...), settings...) {
		words = append(words, "-c", setting)
	}
	program := findGit(t.g.o.Env("PATH"))
	if program == "" {
		return nil, &Error{URL: t.url, Why: "the program git is not on PATH", Missing: true}
	}
	out, talk := &limited{left: limit}, &limited{left: 8 << 10}
	child, err := confine.Start(ctx, confine.Command{
		Path: program, Args: append(words, args...), Dir: t.dir, Stdout: out, Stderr: talk,
		Env: confine.Environment(t.g.o.Env, t.dir, "", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_ATTR_NOSYSTEM=1",
			"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "GIT_SSH_COMMAND=false", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"),
	}, confine.Limits{FileSize: maxObject})
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, t.fail(err.Error())
	}
	exit := child.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case out.over:
		return nil, t.fail("it answered with too much")
	case exit.Code != 0:
		return nil, t.fail(reason(talk.kept.String(), exit.Code))
	}
	return out.kept.Bytes(), nil
}

// reason is the first thing that git calls fatal, else what it said last.
func reason(talk string, code int) string {
	lines := strings.Split(strings.TrimSpace(address.Redact(talk)), "\n")
	for _, line := range lines {
		if why, fatal := strings.CutPrefix(line, "fatal: "); fatal {
			return why
		}
	}
	if last := strings.TrimPrefix(lines[len(lines)-1], "fatal: "); last != "" {
		return last
	}
	return fmt.Sprintf("git ended with exit code %d", code)
}

func findGit(path string) string {
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, "git")); err == nil {
			return found
		}
	}
	return ""
}

// File reads one file; one that is not there is fs.ErrNotExist.
func (t *Tree) File(ctx context.Context, name string, limit int64) ([]byte, error) {
	object := t.Commit + ":" + name
	kind, err := t.run(ctx, nil, 64, "cat-file", "-t", "--end-of-options", object)
	var failed *Error
	switch {
	case errors.As(err, &failed) && !failed.Missing, err == nil && strings.TrimSpace(string(kind)) != "blob":
		return nil, fmt.Errorf("read %s at %.10s: %w", name, t.Commit, fs.ErrNotExist)
	case err != nil:
		return nil, err
	}
	return t.run(ctx, nil, int(limit), "cat-file", "blob", "--end-of-options", object)
}

// Files lists all files, with slashes.
func (t *Tree) Files(ctx context.Context) ([]string, error) {
	out, err := t.run(ctx, nil, maxList, "ls-tree", "-r", "-z", "--name-only", "--end-of-options", t.Commit)
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 }), nil
}

// limited keeps so many bytes, and remembers that there were more. It is no buffer itself:
// that could be filled past Write.
type limited struct {
	kept bytes.Buffer
	left int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	keep := p[:min(len(p), l.left)]
	l.left -= len(keep)
	l.over = l.over || len(keep) < len(p)
	l.kept.Write(keep)
	return len(p), nil
}
