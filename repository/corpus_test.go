package repository

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// TestInstallThePublicCorpus installs every entry of every manifest of the public
// repositories from a GitHub layout on this machine, and resolves what was installed
// again without the network.
func TestInstallThePublicCorpus(t *testing.T) {
	folder := corpus.Dir(t)
	w := newWorld(t)
	w.server.Config.Handler = serveCorpus(folder)
	manifests, err := filepath.Glob(filepath.Join(folder, "*", "*", address.ManifestName))
	if err != nil || len(manifests) == 0 {
		t.Fatal("no manifests", err)
	}
	var installed, refused int
	for _, file := range manifests {
		repo, err := filepath.Rel(folder, filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		repo = filepath.ToSlash(repo)
		list, err := w.manifestOf(t.Context(), parse(t, repo+":X"), pin{})
		if err != nil {
			t.Logf("%s: %v", repo, err)
			continue
		}
		for _, name := range list.manifest.Names() {
			a := address.Address{Kind: address.Repository, Host: address.GitHub, Repo: repo, Name: name}
			result, err := w.Install(t.Context(), a, Options{Replace: true, Consent: agree})
			if err != nil {
				refused++
				t.Logf("%s: %v", a, err)
				continue
			}
			installed++
			if root := result.Closure.Root; root.Commit != commitOf(repo) {
				t.Errorf("%s: at %q, %s", a, root.Commit, root.URL)
			}
		}
	}
	t.Logf("%d entries installed, %d refused", installed, refused)
	if installed < 50 {
		t.Errorf("only %d entries were installed", installed)
	}
	offline := w.with(fetch.Options{Offline: true})
	for _, name := range w.names() {
		a := address.Address{Kind: address.Name, Name: name}
		if _, err := offline.Resolve(t.Context(), a, ResolveOptions{}); err != nil {
			t.Errorf("offline: %v", err)
		}
	}
}

func commitOf(repo string) string {
	sum := sha1.Sum([]byte(repo))
	return hex.EncodeToString(sum[:])
}

// renamed are repositories that moved; GitHub serves them under both names.
var renamed = map[string]string{"oeway/ImJoy-Plugins": "imjoy-team/imjoy-plugins", "muellerflorian/rna-loc": "oeway/rna-loc"}

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
		repo := parts[0] + "/" + parts[1]
		if now, ok := renamed[repo]; ok {
			repo = now
		}
		text, err := fs.ReadFile(root, repo+"/"+parts[3])
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Write(text)
	})
}
