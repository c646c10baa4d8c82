package app

import (
	"context"

	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/tags"
)

// AskedFor returns the names of plugins that the scripts of a plugin ask for, as far as its
// text shows it: nothing of it runs.
func (a *App) AskedFor(ctx context.Context, p *repository.Plugin) (names []string) {
	var cache analysis.Cache
	facts := analysis.Of(p.Document, nil, &cache)
	if p.Plan.Language == tags.Python {
		a.readOps(ctx, facts, &cache)
	}
	for _, script := range facts.ScriptsOf(p.Plan) {
		for _, name := range lint.PluginsAskedFor(script) {
			names = append(names, name.Text)
		}
	}
	return names
}
