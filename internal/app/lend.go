package app

import (
	"path/filepath"
	"slices"

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
