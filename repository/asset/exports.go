package asset

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// member is one of a JSON object, whose order counts here.
type member struct {
	key   string
	value json.RawMessage
}

// members lists an object in its order, nothing for anything else.
func members(text json.RawMessage) (list []member) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil
		}
		name, _ := key.(string)
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return nil
		}
		list = append(list, member{name, value})
	}
	return list
}

// conditions are those under which a package is entered: a browser, without the tools
// of a bundler.
func conditions(kind Kind) map[string]bool {
	c := map[string]bool{"browser": true, "module": true, "default": true, "production": true, "worker": true}
	if kind == Require {
		c["require"] = true
		delete(c, "module")
	} else {
		c["import"] = true
	}
	return c
}

// exported finds what the field exports has for a path.
func (p *opened) exported(inside string, kind Kind) (string, error) {
	key := "."
	if inside != "" {
		key = "./" + inside
	}
	list := members(p.json.Exports)
	subpaths := len(list) > 0 && strings.HasPrefix(list[0].key, ".")
	if !subpaths {
		list = []member{{".", p.json.Exports}}
	}
	target, star, ok := match(list, key)
	if !ok {
		return "", fmt.Errorf("it does not export %q", key)
	}
	return p.target(target, star, kind, 0)
}

// match finds the member for a key: the same, else the pattern with the longest start.
func match(list []member, key string) (target json.RawMessage, star string, ok bool) {
	longest := -1
	for _, m := range list {
		if m.key == key {
			return m.value, "", true
		}
		before, after, pattern := strings.Cut(m.key, "*")
		if !pattern && strings.HasSuffix(m.key, "/") {
			before, after, pattern = m.key, "", true
		}
		if pattern && len(key) >= len(before)+len(after) && strings.HasPrefix(key, before) && strings.HasSuffix(key, after) && len(before) > longest {
			longest, target, star, ok = len(before), m.value, key[len(before):len(key)-len(after)], true
		}
	}
	return target, star, ok
}

// target follows conditions to a file.
func (p *opened) target(text json.RawMessage, star string, kind Kind, depth int) (string, error) {
	if depth > maxExportDepth {
		return "", fmt.Errorf("its exports are nested more than %d deep", maxExportDepth)
	}
	var file string
	if json.Unmarshal(text, &file) == nil && file != "" {
		if strings.HasSuffix(file, "/") && !strings.Contains(file, "*") {
			file += "*"
		}
		name := clean(strings.ReplaceAll(file, "*", star))
		if _, ok := p.files[name]; ok {
			return name, nil
		}
		if found, ok := p.probe(name); ok {
			return found, nil
		}
		return "", fmt.Errorf("it exports %q, which it does not have", file)
	}
	var several []json.RawMessage
	if json.Unmarshal(text, &several) == nil {
		for _, one := range several {
			if found, err := p.target(one, star, kind, depth+1); err == nil {
				return found, nil
			}
		}
	}
	holds := conditions(kind)
	for _, m := range members(text) {
		if holds[m.key] {
			if found, err := p.target(m.value, star, kind, depth+1); err == nil {
				return found, nil
			}
		}
	}
	return "", fmt.Errorf("it exports nothing for a browser there")
}

// internal is what "#name" means in a package.
func (l *Loader) internal(ctx context.Context, r Request) (string, error) {
	own, err := ParsePackage(r.Importer)
	if err != nil || !strings.HasPrefix(r.Importer, "npm:") {
		return "", fmt.Errorf("%q has a meaning inside packages only", r.Specifier)
	}
	p, err := l.unpacked(ctx, own.Name, own.Range)
	if err != nil {
		return "", err
	}
	target, star, ok := match(members(p.json.Imports), r.Specifier)
	if !ok {
		return "", fmt.Errorf("%s does not say what %q is", own.Name, r.Specifier)
	}
	found, err := p.target(target, star, r.Kind, 0)
	if err != nil {
		return "", fmt.Errorf("npm:%s@%s: %w", p.Name, p.Range, err)
	}
	return Package{p.Name, p.Range, found}.String(), nil
}
