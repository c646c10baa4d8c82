package server

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// script is a script of a plugin as a page runs it.
type script struct {
	Content string            `json:"content"` // as in the file
	Attrs   map[string]string `json:"attrs"`
	Places  []int             `json:"places"`         // see places
	Code    string            `json:"code,omitempty"` // what runs instead of Content
	// Maps has the mappings of Code's source map, and Source the number of this script in it.
	Maps   string `json:"maps,omitempty"`
	Source int    `json:"source"`
	// Fault is why there is no Code, though the script needs it.
	Fault *scriptFault `json:"fault,omitempty"`
}

// scriptFault is an error of a script that did not begin to run.
type scriptFault struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Line    int    `json:"line"` // of Content; 0: not known
	Column  int    `json:"column"`
}

var (
	// importsAny finds a static import, importsName one of something that is no address.
	importsAny  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^"';]*["']`) })
	importsName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^"';]*["'](?:npm:|[^"':]+["'])`)
	})
	// importsPackage finds an import of a package while a script runs.
	importsPackage = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bimport\s*\(\s*["'](npm:[^"']+)["']`) })
)

// scripts are those of a plugin, with imports as the page can follow them. Browsers know no
// TypeScript and no packages.
func (s *Server) scripts(ctx context.Context, f *frame) []script {
	list := make([]script, len(f.plan.Scripts))
	for i, block := range f.plan.Scripts {
		list[i] = script{Content: block.Body().Text, Attrs: attributes(block), Places: places(block)}
		if result, err := s.rewrite(ctx, f, fmt.Sprintf("script-%d", i), block); err != nil {
			list[i].Fault = list[i].fault(err)
		} else if result != nil {
			list[i].Code = result.Code
			list[i].Attrs["lang"] = "javascript"
			list[i].Source, list[i].Maps = mappings(result.Map, fmt.Sprintf("script-%d", i))
			for _, style := range result.Styles {
				f.styles = append(f.styles, map[string]any{"content": string(style.Text), "attrs": map[string]string{}})
			}
			f.learn("text/javascript", []byte(result.Code))
		}
	}
	return list
}

// rewrite answers nil for a script that a browser runs as it is. A module becomes one text
// with all that it imports, where the browser cannot: in a page it can import addresses.
func (s *Server) rewrite(ctx context.Context, f *frame, name string, block *pluginfile.Block) (*bundle.Result, error) {
	text := block.Body().Text
	typed := tags.Language(block) == tags.TypeScript
	packages := importsPackage().MatchString(text)
	switch {
	case block.Value("type") == "module" && (typed || packages || importsName().MatchString(text) || f.worker != "" && importsAny().MatchString(text)):
		return bundle.Build(ctx, bundle.Entry{Name: name, Text: text, TypeScript: typed}, bundle.Options{
			Target: bundle.Browser,
			Load: func(ctx context.Context, r bundle.Request) (*bundle.Module, error) {
				if s.options.Module == nil {
					return nil, errNoAssets
				}
				return s.options.Module(ctx, f.plan, r)
			},
		})
	case typed:
		result, err := bundle.TypeScript(name, text)
		if err == nil {
			result.Code = s.linkPackages(ctx, f.plan, result.Code)
		}
		return result, err
	case packages:
		return &bundle.Result{Code: s.linkPackages(ctx, f.plan, text)}, nil
	}
	return nil, nil
}

// linkPackages lets import("npm:...") find its package. Lines stay where they are. What
// cannot be had fails when it is reached.
func (s *Server) linkPackages(ctx context.Context, plan *tags.Plan, code string) string {
	return importsPackage().ReplaceAllStringFunc(code, func(call string) string {
		name := importsPackage().FindStringSubmatch(call)[1]
		to, err := "", errNoAssets
		if s.options.Link != nil {
			to, err = s.options.Link(ctx, plan, name)
		}
		if err != nil {
			to = "data:text/javascript;base64," + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "throw new Error(%q)", fmt.Sprintf("import %q: %v", name, err)))
		}
		return strings.Replace(call, name, to, 1)
	})
}

func attributes(block *pluginfile.Block) map[string]string {
	attrs := map[string]string{}
	for _, a := range block.Attrs {
		attrs[a.Name] = a.Value
	}
	return attrs
}

// fault places an error of rewriting in the script.
func (c *script) fault(err error) *scriptFault {
	f := &scriptFault{Name: "SyntaxError", Message: err.Error()}
	var e *bundle.Error
	if !errors.As(err, &e) {
		f.Name = "ImportError"
		return f
	}
	f.Message = e.Error()
	if e.Err != nil {
		f.Name = "ImportError"
	}
	if !e.Entry || e.Line == 0 {
		return f
	}
	lines := strings.Split(c.Content, "\n")
	if e.Line <= len(lines) {
		before := lines[e.Line-1]
		before = before[:min(max(e.Column-1, 0), len(before))]
		f.Line, f.Column = e.Line, 1+len(utf16.Encode([]rune(before)))
	}
	return f
}

// mappings are those of a source map, and the number that a source has in it.
func mappings(text []byte, name string) (source int, list string) {
	var m struct {
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if len(text) == 0 || json.Unmarshal(text, &m) != nil {
		return 0, ""
	}
	for i, s := range m.Sources {
		if strings.HasSuffix(s, name) {
			return i, m.Mappings
		}
	}
	return -1, m.Mappings
}
