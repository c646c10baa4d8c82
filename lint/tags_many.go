package lint

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// ruleTagsMany tells where lint stops: a plan is made for the first tags only.
var ruleTagsMany = &source.Rule{
	Code: "tags-many", Severity: source.Info,
	Summary: "more tags than lint makes plans for",
	Doc: "What a plugin is and needs is looked at for its first 32 tags: what is wrong with the requirements, dependencies or scripts of a later one may go untold " +
		"(`imjoy plan FILE --tag TAG` shows it). Holes in the matrix of tags are looked for in the first hundred. Nobody finds their way among so many: choices that do not " +
		"change what is installed belong in `ui`.",
	Bad:  `{"tags": [` + numbered("Model %d", 33) + `]}`,
	Good: `{"tags": [` + numbered("Model %d", 3) + `]}`,
}

func tagsMany(p *pass) {
	all := tags.Of(p.Document)
	planned := len(p.Plans)
	if len(all) <= planned {
		return
	}
	for _, item := range tagItems(p.config().Get("tags"), all[planned:planned+1]) {
		p.report(item.Place, fmt.Sprintf("the plugin has %d tags, and no plan is made for this one and those behind it", len(all)), fmt.Sprintf("look at one with: imjoy plan FILE --tag %q", item.Text))
	}
}

// numbered is a list of texts in JSON.
func numbered(format string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"`+format+`"`, i+1)
	}
	return strings.Join(list, ", ")
}
