package pyenv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// reposDir holds the clones of an environment; cloneDir is where relative folders of
// packages count from.
func reposDir(dir string) string { return filepath.Join(dir, "repos") }

func (b *build) cloneDir() string {
	if len(b.spec.Declaration.Repos) == 0 {
		return b.dir
	}
	return reposDir(b.dir)
}

// clone gets the repositories, each at one commit: that of the lock, else the one
// that the declaration names, else the newest of its branch.
func (b *build) clone(ctx context.Context) (list []requirement.ResolvedClone, err error) {
	repos := b.spec.Declaration.Repos
	if len(repos) == 0 {
		return nil, nil
	}
	git := b.look("git")
	if git == "" {
		return nil, &MissingError{Program: "git", Hint: "install git: the plugin works with " + repos[0].URL}
	}
	if err := os.MkdirAll(reposDir(b.dir), 0o700); err != nil {
		return nil, fmt.Errorf("clone the repositories: %w", err)
	}
	for _, repo := range repos {
		commit, err := b.cloneOne(ctx, git, repo, b.lockedCommit(repo))
		if err != nil {
			return nil, err
		}
		list = append(list, requirement.ResolvedClone{URL: repo.URL, Dir: repo.Dir, Commit: commit})
	}
	return list, nil
}

func (b *build) lockedCommit(repo requirement.Clone) string {
	if b.spec.locked == nil {
		return ""
	}
	for _, c := range b.spec.locked.Repos {
		if c.URL == repo.URL && c.Dir == repo.Dir {
			return c.Commit
		}
	}
	return ""
}

// cloneOne fetches one commit, without history, hooks, other protocols or a person's
// git settings.
func (b *build) cloneOne(ctx context.Context, git string, repo requirement.Clone, ref string) (commit string, err error) {
	b.tell(Event{Text: "clone " + repo.URL})
	if b.o.Offline {
		return "", &UnmetError{Items: []Unmet{{repo.Item, repo.URL + " is not here, and --offline keeps it from being fetched", ""}}}
	}
	dir := filepath.Join(reposDir(b.dir), filepath.FromSlash(repo.Dir))
	if !filepath.IsLocal(filepath.FromSlash(repo.Dir)) || !strings.HasPrefix(repo.URL, "https://") || strings.HasPrefix(repo.Ref, "-") {
		return "", &UnmetError{Items: []Unmet{{repo.Item, fmt.Sprintf("%q is not a repository that can be cloned", repo.Text), ""}}}
	}
	if ref == "" {
		ref = repo.Ref
	}
	if ref == "" {
		ref = "HEAD"
	}
	safe := []string{"-c", "protocol.allow=never", "-c", "protocol.https.allow=always", "-c", "core.hooksPath=" + os.DevNull, "-c", "credential.helper=", "-c", "core.symlinks=false", "-c", "submodule.recurse=false"}
	var out []byte
	for _, args := range [][]string{
		{"init", "--quiet", "--template=", "--", dir},
		{"-C", dir, "fetch", "--quiet", "--depth=1", "--no-tags", "--", repo.URL, ref},
		{"-C", dir, "checkout", "--quiet", "--detach", "FETCH_HEAD"},
		{"-C", dir, "rev-parse", "--verify", "HEAD^{commit}"},
	} {
		out, err = b.run(ctx, step{name: "clone " + repo.URL, path: git, args: append(append([]string{}, safe...), args...)})
		if failed := (*BuildError)(nil); asBuildError(err, &failed) {
			failed.Item = repo.Item
		}
		if err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(string(out)), nil
}

// workDir makes the folder where plugins with clones start. It can be written to, and
// the clones are links in it.
func (b *build) workDir() error {
	repos := b.spec.Declaration.Repos
	if len(repos) == 0 {
		return nil
	}
	work := filepath.Join(b.dir, "work")
	for _, repo := range repos {
		link := filepath.Join(work, filepath.FromSlash(repo.Dir))
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return fmt.Errorf("make the working folder: %w", err)
		}
		if err := os.Symlink(filepath.Join(reposDir(b.dir), filepath.FromSlash(repo.Dir)), link); err != nil && !os.IsExist(err) {
			return fmt.Errorf("make the working folder: %w", err)
		}
	}
	return nil
}
