package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Lend lets plugins read the files, and folders, that a person named for one of them, and
// nothing beside them. It is called before that one starts. What was denied stays denied.
// A plugin that may live on in the background gets no more than it was started with.
func (s *Session) Lend(plan *tags.Plan, files []*value.File) {
	if plan.Language != tags.Python || slices.Contains(plan.Flags, "allow-detach") {
		return // other plugins get the content of what they are given
	}
	var named []permission.Permission
	for _, f := range files {
		if f.Path != "" {
			named = append(named, permission.Permission{Kind: permission.Read, Value: filepath.ToSlash(f.Path)})
		}
	}
	granted := &s.options.Permissions.Granted
	*granted = granted.Union(s.app.AbsolutePaths(permission.NewSet(named...)))
}

// NamedFiles are the files among words as [Arguments] has them. It is for an op: which of
// its settings take a file is known once its plugin has started, and then it is too late
// to lend anything.
func (a *App) NamedFiles(words []string) (list []*value.File) {
	for _, word := range words {
		_, text, pair := strings.Cut(word, "=")
		for _, name := range []string{word, text} {
			if info, err := os.Stat(a.path(name)); err == nil && info.Mode().IsRegular() && (pair || name == word) {
				list = append(list, &value.File{Path: a.path(name)})
				break
			}
		}
	}
	return list
}
