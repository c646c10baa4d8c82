package repository

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
)

// Plugin is one document and where it comes from.
type Plugin struct {
	Name    string          // as its config says
	Address address.Address // to get it again, without a tag
	Origin  string          // the address without version: the same name from elsewhere is another plugin
	Commit  string          // full id, "" when none is known
	URL     string          // of the document before mirrors and without credentials; the absolute path of a file
	Local   bool            // it lies on this machine, where the person pointed
	SHA256  string
	Notes   []string // what a person should know about how it was found

	Text        []byte
	Document    *pluginfile.Document
	Diagnostics []source.Diagnostic // of reading it, and once it has a plan, of that

	// Plan is set by Resolve, for the chosen tag.
	Plan *tags.Plan
	// Needs are the names of its dependencies, in order, set by Resolve.
	Needs []string

	// Assets and Environment are what its scripts load by URL, and what its Python
	// packages were resolved to. Install and Complete set them.
	Assets      []Asset
	Environment json.RawMessage

	// Record is set when the plugin was found in the store.
	Record *store.Record

	scope  scope
	pins   []store.Pin // what it and its dependencies were installed with
	locked *lock.Plugin
	edges  []lock.Dependency // what it writes, and which plugin that is
	// missing is what it loads and cannot be had now.
	missing []*MissingAsset
	wanted  []string // the addresses under which others of the closure want it
}

// Tag is the chosen tag, "" when there is none or none was chosen yet.
func (p *Plugin) Tag() string {
	if p.Plan == nil {
		return ""
	}
	return p.Plan.Tag
}

// label names the plugin in messages: quoted when it holds what people cannot see.
func (p *Plugin) label() string {
	name := p.Name
	if name == "" {
		name = p.URL
	}
	if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

// read gets the text of a location and parses it.
func (r *Repository) read(ctx context.Context, l *location) (*Plugin, error) {
	if err := r.load(ctx, l); err != nil {
		return nil, err
	}
	p := &Plugin{
		Address: l.address, Commit: l.commit, URL: address.Redact(l.url), Notes: l.notes,
		Text: l.text, Record: l.record, scope: l.scope, locked: l.locked,
	}
	name := p.URL
	if l.file != "" {
		p.URL, p.Local, name = l.file, true, l.shown
	}
	sum := sha256.Sum256(p.Text)
	p.SHA256 = hex.EncodeToString(sum[:])
	p.Document, p.Diagnostics = pluginfile.Parse(name, p.Text)
	p.Name = p.Document.Config.Name
	p.Origin = l.originOf(p.Name)
	if l.name != "" && l.name != p.Name {
		p.Notes = append(p.Notes, fmt.Sprintf("the list says %s, the plugin calls itself %s", strconv.Quote(l.name), strconv.Quote(p.Name)))
	}
	return p, nil
}

// originOf names where a plugin comes from. In a repository that is the plugin's
// name, whatever the file is called; elsewhere the file or URL.
func (l *location) originOf(name string) string {
	switch {
	case l.record != nil:
		return l.record.Origin
	case l.locked != nil && !l.locked.Local:
		return l.locked.Origin
	case l.origin != "":
		return l.origin + ":" + name
	case l.file != "":
		return l.file
	}
	return address.Redact(l.url)
}

func (r *Repository) load(ctx context.Context, l *location) (err error) {
	switch {
	case l.text != nil:
	case l.file != "":
		l.text, err = readFile(l.file)
	default:
		var response *fetch.Response
		if response, err = r.c.Fetch.Get(ctx, fetch.Request{URL: l.url, Limit: fetch.PluginLimit, Immutable: atCommit(l.url, l.commit)}); err == nil {
			l.text = response.Body
		}
	}
	return err
}

// atCommit reports whether a URL names the commit it is at, so that its answer can
// never change.
func atCommit(link, commit string) bool {
	return commit != "" && strings.Contains(link, "/"+commit+"/")
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readLimited(f, path, fetch.PluginLimit)
}

func readLimited(from io.Reader, name string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("read %s: larger than %d MiB", name, limit>>20)
	}
	return text, err
}

// looksLikeManifest tells a list of plugins from a plugin.
func looksLikeManifest(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	return len(text) > 0 && text[0] == '{'
}

// accept refuses documents that are not what they seem, and names that people
// cannot see.
func (p *Plugin) accept() error {
	if blocking := pluginfile.Blocking(p.Diagnostics); len(blocking) > 0 {
		return &DocumentError{p.label(), blocking}
	}
	if err := checkName(p.Name); err != nil {
		return &NameError{p.URL, strconv.QuoteToASCII(p.Name), err}
	}
	return nil
}

// checkName is stricter than a file name needs, since the store never uses a name
// as one, and milder than an address: a name with a colon can be installed, it only
// needs the URL of its file.
func checkName(name string) error {
	if len(name) > maxName {
		return errors.New("the name is too long")
	}
	return address.CheckName(strings.NewReplacer(":", "_", "@", "_").Replace(name))
}
