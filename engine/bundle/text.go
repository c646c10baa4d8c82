package bundle

import (
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// loaderOf says how a module is read: by the suffix of its address where that says
// something, else by the type that the server gave it.
func loaderOf(m *Module) (api.Loader, error) {
	if len(m.Text) > MaxModule {
		return api.LoaderNone, fmt.Errorf("%s is longer than %d MiB", m.Address, MaxModule>>20)
	}
	file := m.Address
	if u, err := url.Parse(m.Address); err == nil && u.Path != "" {
		file = u.Path
	}
	switch path.Ext(file) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS, nil
	case ".css":
		return api.LoaderCSS, nil
	case ".json":
		return api.LoaderJSON, nil
	case ".js", ".mjs", ".cjs":
		return notMarkup(m)
	case ".wasm":
		return api.LoaderBinary, nil
	case ".tsx", ".jsx":
		return api.LoaderNone, fmt.Errorf("%s is JSX, which has no meaning without the library it is for", m.Address)
	}
	kind, _, _ := strings.Cut(strings.ToLower(m.ContentType), ";")
	switch kind = strings.TrimSpace(kind); {
	case strings.HasSuffix(kind, "typescript"):
		return api.LoaderTS, nil
	case kind == "text/css":
		return api.LoaderCSS, nil
	case kind == "application/json" || strings.HasSuffix(kind, "+json"):
		return api.LoaderJSON, nil
	}
	return notMarkup(m)
}

// notMarkup refuses the page that some servers answer with in the place of an error.
func notMarkup(m *Module) (api.Loader, error) {
	start := strings.TrimSpace(strings.TrimPrefix(string(m.Text[:min(len(m.Text), 512)]), "\ufeff"))
	if strings.HasPrefix(start, "<") {
		return api.LoaderNone, fmt.Errorf("%s is a page and not a script", m.Address)
	}
	return api.LoaderJS, nil
}

// bearable refuses nesting that would exhaust the stack of a recursive parser. It
// counts brackets wherever they stand, so it errs for texts that nobody writes.
func bearable(text string) error {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			if depth++; depth > maxNesting {
				return fmt.Errorf("brackets are nested more than %d deep", maxNesting)
			}
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return nil
}

// withAddress puts the address of a module where it asks for import.meta.url: in a
// bundle there is no other way to know it. The map of the change is in the text.
func withAddress(text, address string, loader api.Loader) (string, api.Loader) {
	if address == "" || !strings.Contains(text, "import.meta") {
		return text, loader
	}
	result := api.Transform(text, api.TransformOptions{
		Loader: loader, Target: api.ESNext, Sourcemap: api.SourceMapInline, SourcesContent: api.SourcesContentExclude, Sourcefile: address,
		Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent, Define: map[string]string{"import.meta.url": strconv.QuoteToASCII(address)},
	})
	if len(result.Errors) > 0 {
		return text, loader // bundling tells what is wrong with it
	}
	return string(result.Code), api.LoaderJS
}
