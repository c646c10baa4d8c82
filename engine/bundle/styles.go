package bundle

import "encoding/json"

// metafile is the part of esbuild's report that tells who imports whom.
type metafile struct {
	Inputs map[string]struct {
		Imports []struct {
			Path string `json:"path"`
		} `json:"imports"`
	} `json:"inputs"`
}

// styles are the style sheets in the order in which the modules that import them run:
// in the one of the other, whichever came first from the network.
func (g *graph) styles(report string) (list []Module) {
	var m metafile
	if err := json.Unmarshal([]byte(report), &m); err != nil {
		return nil
	}
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, next := range m.Inputs[name].Imports {
			visit(next.Path)
		}
		if n := g.found[sourceName(name)]; n != nil && n.style {
			list = append(list, *n.Module)
		}
	}
	if g.entry.Address == "" {
		visit(entrySpace + ":" + g.entry.Name)
	} else if n := g.asked[Request{Specifier: g.entry.Address, Kind: Import}]; n != nil && n.module != nil {
		visit(moduleSpace + ":" + n.module.Address)
	}
	return list
}
