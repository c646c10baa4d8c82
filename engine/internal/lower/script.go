package lower

import (
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

// Result is a rewritten script.
type Result struct {
	Code string
	Map  []byte // a source map to the original text
}

// SyntaxError is a script that no engine would take.
type SyntaxError struct {
	Message string
	Line    int // from 1; 0 when not known
	Column  int // in bytes, from 1
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

// Script rewrites a script to what goja parses: async generators, for await, the
// types of TypeScript. Its errors are [*SyntaxError]s.
func Script(name, text string, typeScript bool) (*Result, error) {
	options := api.TransformOptions{
		Target: api.ES2017, Sourcemap: api.SourceMapExternal, Sourcefile: name, Charset: api.CharsetUTF8,
		Loader: api.LoaderJS, LogLevel: api.LogLevelSilent,
		TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":false}}`,
	}
	if typeScript {
		options.Loader = api.LoaderTS
	}
	result := api.Transform(text, options)
	if len(result.Errors) == 0 {
		return &Result{Code: string(result.Code), Map: result.Map}, nil
	}
	fault := &SyntaxError{Message: result.Errors[0].Text}
	if at := result.Errors[0].Location; at != nil {
		fault.Line, fault.Column = at.Line, at.Column+1
	}
	return nil, fault
}
