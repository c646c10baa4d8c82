package bundle

import (
	"encoding/json"
	"fmt"
	"strings"
)

// shiftMap moves a source map down by the line that the wrapping puts before the code,
// and gives the sources the names that people know.
func shiftMap(text []byte) ([]byte, error) {
	var m map[string]json.RawMessage
	var mappings string
	var sources []string
	err := json.Unmarshal(text, &m)
	if err == nil {
		err = json.Unmarshal(m["mappings"], &mappings)
	}
	if err == nil {
		err = json.Unmarshal(m["sources"], &sources)
	}
	if err != nil {
		return nil, fmt.Errorf("read the source map: %w", err)
	}
	for i, s := range sources {
		sources[i] = sourceName(s)
	}
	m["mappings"], _ = json.Marshal(";" + mappings)
	m["sources"], _ = json.Marshal(sources)
	return json.Marshal(m)
}

// sourceName is the name of a module without esbuild's namespace.
func sourceName(s string) string {
	for _, space := range []string{entrySpace, moduleSpace, missingSpace} {
		if name, ok := strings.CutPrefix(s, space+":"); ok {
			return name
		}
	}
	return s
}
