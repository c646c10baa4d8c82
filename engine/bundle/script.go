package bundle

import (
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

// TypeScript rewrites a classic script as JavaScript for browsers. Its names stay those of
// a script, which others see. Errors are [*Error]s about the entry.
func TypeScript(name, text string) (*Result, error) {
	result := api.Transform(text, api.TransformOptions{
		Target: api.ES2022, Loader: api.LoaderTS, Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude, Sourcefile: name,
		Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent, TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":false}}`,
	})
	if len(result.Errors) == 0 {
		return &Result{Code: string(result.Code), Map: result.Map}, nil
	}
	e := &Error{Message: result.Errors[0].Text, Module: name, Entry: true, More: len(result.Errors) - 1}
	if at := result.Errors[0].Location; at != nil {
		e.Line, e.Column = at.Line, at.Column+1
	}
	return nil, fmt.Errorf("rewrite %s: %w", name, e)
}
