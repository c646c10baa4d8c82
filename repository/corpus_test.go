package repository

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

var update = flag.Bool("update", false, "write docs/status-install.md anew")

// renamed are the repositories of the public plugins that moved since they were
// written: what `imjoy repo alias` is for.
var renamed = [][2]string{{"oeway/ImJoy-Plugins", "imjoy-team/imjoy-plugins"}, {"muellerflorian/rna-loc", "oeway/rna-loc"}}

// outcome is what installing one entry of a manifest came to.
type outcome struct {
	address, plugins, reason string
}

// TestInstallThePublicCorpus installs every entry of every manifest of the public
// repositories from a GitHub layout on this machine, then all of it again without a
// network on another machine, which must become the same to the byte. What happens is
// the table of docs/status-install.md.
func TestInstallThePublicCorpus(t *testing.T) {
	folder := corpus.Dir(t)
	w := newWorld(t)
	w.server.Config.Handler = serveCorpus(folder)
	addresses := corpusEntries(t, w, folder)
	cache := fetch.NewCache(t.TempDir(), func() time.Time { return w.now })
	online := installCorpus(t, w, w.corpusRepository(w.store, cache, false), addresses)

	second, err := store.Open(filepath.Join(t.TempDir(), "home"), store.Options{What: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	w.server.Close()
	offline := installCorpus(t, w, w.corpusRepository(second, cache, true), addresses)
	if diff := cmp.Diff(online, offline, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("offline something else happened (-online +offline):\n%s", diff)
	}
	a, b := storeBytes(t, w.store.Dir()), storeBytes(t, second.Dir())
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the stores differ:\n%s", diff)
	}
	r := w.corpusRepository(second, nil, true)
	verified, err := r.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verified {
		if len(v.Problems) > 0 {
			t.Errorf("a false alarm about %s: %v", v.Name, v.Problems)
		}
		if _, err := r.Resolve(t.Context(), address.Address{Kind: address.Name, Name: v.Name}, ResolveOptions{}); err != nil {
			t.Errorf("offline: %v", err)
		}
	}
	installTable(t, online, len(verified), len(a))
}

// corpusEntries lists the entries of all manifests.
func corpusEntries(t *testing.T, w *world, folder string) (list []address.Address) {
	manifests, err := filepath.Glob(filepath.Join(folder, "*", "*", address.ManifestName))
	if err != nil || len(manifests) == 0 {
		t.Fatal("no manifests", err)
	}
	for _, file := range manifests {
		repo, err := filepath.Rel(folder, filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		repo = filepath.ToSlash(repo)
		found, err := w.manifestOf(t.Context(), parse(t, repo+":X"), pin{})
		if err != nil {
			t.Fatalf("%s: %v", repo, err)
		}
		for _, name := range found.manifest.Names() {
			list = append(list, address.Address{Kind: address.Repository, Host: address.GitHub, Repo: repo, Name: name})
		}
	}
	return list
}

// corpusRepository reaches the server of the world and nothing else.
func (w *world) corpusRepository(s *store.Store, cache *fetch.Cache, offline bool) *Repository {
	r := w.with(fetch.Options{Cache: cache, Offline: offline, Transport: onlyHost(strings.TrimPrefix(w.server.URL, "http://"))})
	r.c.Store, r.c.Names = s, DefaultNames()
	for _, pair := range renamed {
		if err := r.c.Names.Rename(pair[0], pair[1]); err != nil {
			w.Fatal(err)
		}
	}
	return r
}

// onlyHost is a network with one host.
type onlyHost string

func (h onlyHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != string(h) {
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Request: r}, nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

func installCorpus(t *testing.T, w *world, r *Repository, addresses []address.Address) (list []outcome) {
	for _, a := range addresses {
		result, err := r.Install(t.Context(), a, Options{Replace: true, Consent: agree})
		o := outcome{address: a.String()}
		if err != nil {
			o.reason = refusal(err)
			list = append(list, o)
			continue
		}
		o.plugins = strings.Join(pluginNames(result.Closure.Plugins), ", ")
		list = append(list, o)
		if root := result.Closure.Root; root.Commit != commitOf(a.Repo) {
			t.Errorf("%s: at %q, %s", a, root.Commit, root.URL)
		}
	}
	return list
}

// refusal is the reason without what differs between machines.
func refusal(err error) string {
	var request *fetch.Error
	if errors.As(err, &request) {
		return strings.Replace(err.Error(), request.Error(), request.URL+": "+request.Kind.String(), 1)
	}
	return err.Error()
}

// storeBytes are the files of a store but for its locks.
func storeBytes(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "locks/") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(text)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	return files
}

// installTable compares what happened with the published table.
func installTable(t *testing.T, list []outcome, kept, files int) {
	const file = "../docs/status-install.md"
	var refused []outcome
	for _, o := range list {
		if o.reason != "" {
			refused = append(refused, o)
		}
	}
	slices.SortStableFunc(refused, func(a, b outcome) int { return strings.Compare(a.address, b.address) })
	var b bytes.Buffer
	fmt.Fprintf(&b, "| | |\n|---|---|\n| entries of public manifests | %d |\n| installed with all they depend on | %d |\n| refused, each for the reason below | %d |\n", len(list), len(list)-len(refused), len(refused))
	fmt.Fprintf(&b, "| installed again offline, byte-identical | %d plugins, %d files |\n| verified afterwards, false alarms | 0 |\n\n| refused | why |\n|---|---|\n", kept, files)
	for _, o := range refused {
		fmt.Fprintf(&b, "| %s | %s |\n", o.address, strings.ReplaceAll(o.reason, "|", "\\|"))
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- what follows is written by the test -->\n"
	head, _, found := strings.Cut(string(old), mark)
	if !found {
		t.Fatalf("%s lacks its mark", file)
	}
	want := head + mark + "\n" + b.String()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(old), want); diff != "" {
		t.Errorf("docs/status-install.md is not true any more (-update writes it anew):\n%s", diff)
	}
}

func commitOf(repo string) string {
	sum := sha1.Sum([]byte(repo))
	return hex.EncodeToString(sum[:])
}

// serveCorpus serves each repository at one commit.
func serveCorpus(folder string) http.Handler {
	root := os.DirFS(folder)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/api/repos/"); ok {
			repo, _, _ := strings.Cut(rest, "/commits/")
			fmt.Fprint(w, commitOf(repo))
			return
		}
		parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/raw/"), "/", 4)
		if len(parts) < 4 {
			http.NotFound(w, r)
			return
		}
		text, err := fs.ReadFile(root, parts[0]+"/"+parts[1]+"/"+parts[3])
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Write(text)
	})
}
