package lower

import (
	"fmt"
	"strings"

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

// import() has no place in ES2017, and esbuild writes a call of require for it, as in
// Node.js. Here that is $import, a global of the same length.
const requireCall, importCall = "__toESM(require(", "__toESM($import("

// Script rewrites a script to what goja parses: async generators, for await, the
// types of TypeScript. Its errors are [*SyntaxError]s.
func Script(name, text string, typeScript bool) (*Result, error) {
	options := api.TransformOptions{
		Target: api.ES2017, Sourcemap: api.SourceMapExternal, Sourcefile: name, Charset: api.CharsetUTF8,
		Loader: api.LoaderJS, LogLevel: api.LogLevelSilent,
		Supported: map[string]bool{"dynamic-import": false}, TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":false}}`,
	}
	if typeScript {
		options.Loader = api.LoaderTS
	}
	result := api.Transform(text, options)
	if len(result.Errors) == 0 {
		return &Result{Code: strings.ReplaceAll(string(result.Code), requireCall, importCall), Map: result.Map}, nil
	}
	fault := &SyntaxError{Message: result.Errors[0].Text}
	if at := result.Errors[0].Location; at != nil {
		fault.Line, fault.Column = at.Line, at.Column+1
	}
	return nil, fault
}
