package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/git"
)

// maxHistory is how many commits of a file are looked at for its versions.
const maxHistory = 200

// EarlierVersions reads the versions that a plugin's file had in the git checkout it
// lies in: the last commit of each, newest first. A file outside of any has none.
func (a *App) EarlierVersions(ctx context.Context, file string, now *pluginfile.Document) ([]docsrender.Version, error) {
	g := git.New(git.Options{Dir: filepath.Join(a.CacheDir(), "git"), Env: a.Env, Offline: true})
	history, err := g.History(ctx, file, maxHistory)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, fmt.Errorf("read the history of %s: %w", file, err)
	}
	var list []docsrender.Version
	seen := map[string]bool{now.Config.Version: true}
	for _, revision := range history {
		if len(list) == docsrender.MaxVersions {
			break
		}
		text, err := revision.Text(ctx, pluginfile.MaxFileBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was away for a while
		} else if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", file, err)
		}
		doc, _ := pluginfile.Parse(file, text)
		if version := doc.Config.Version; !seen[version] {
			seen[version] = true
			list = append(list, docsrender.Version{Commit: revision.Commit, Time: revision.Time, Text: text})
		}
	}
	return list, nil
}
