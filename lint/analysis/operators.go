package analysis

import (
	"slices"

	"github.com/imjoy-tools/imjoy/tags"
)

// operator is the type of services that people choose as ops, and of those that name none.
const operator = "operator"

// Operators returns the names of the ops that the scripts of a plan register, in the order
// of the text. all is true if the code shows that there are no others: every script could
// be read, none hands `api` on, and every registration has an object with a literal name.
// Python scripts count as unread until [WithPython].
func (f *Facts) Operators(p *tags.Plan) (names []string, all bool) {
	all = len(p.Needs.URLs) == 0 // scripts that it loads may register as well
	for _, s := range f.ScriptsOf(p) {
		all = all && s.Read && !s.Escapes && !s.External()
		for _, u := range s.Uses {
			if u.Path != "register" && u.Path != "registerService" {
				continue
			}
			name, known := operatorName(p, u)
			all = all && known
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, all
}

// operatorName is the name of the op that a use of api registers, "" if it is another
// service. known is false if the code does not show it.
func operatorName(p *tags.Plan, u Use) (name string, known bool) {
	if !u.Call || len(u.Arguments) == 0 || u.Arguments[0].Kind != ObjectArgument {
		return "", false
	}
	given := u.Arguments[0]
	has := func(key string) bool {
		return slices.ContainsFunc(given.Keys, func(k Literal) bool { return k.Text == key })
	}
	kind, literal := given.Values["type"]
	switch {
	case has("type") && !literal:
		return "", false
	case literal && kind.Text != "" && kind.Text != operator:
		return "", true
	case !has("name"):
		return p.Name, true
	}
	title, literal := given.Values["name"]
	if literal && title.Text == "" {
		return p.Name, true
	}
	return title.Text, literal
}
