package analysis

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// readJavaScript finds the facts of a script. goja's parser is the quick way; where
// it refuses, esbuild decides whether a browser would, and lowers what is fine to
// something that goja reads, with a map back to the original places.
func readJavaScript(text string, module, typescript bool) *Code {
	if reason := tooMuch(text); reason != "" {
		return &Code{Reason: reason, Late: seemsToExport(text)}
	}
	if !typescript {
		if program, err := parseGoja(text); err == nil {
			code, suspicious := walkProgram(program, identity(text), module)
			if suspicious > 0 && suspicious <= maxSuspicious && !longLine(text) {
				code.Faults = esbuildFaults(text, api.LoaderJS)
			}
			return code
		}
	}
	if longLine(text) {
		return &Code{Reason: "one of its lines is too long", Late: seemsToExport(text)}
	}
	loader := api.LoaderJS
	if typescript {
		loader = api.LoaderTS
	}
	if faults := esbuildFaults(text, loader); len(faults) > 0 {
		return &Code{Faults: faults, Late: seemsToExport(text)}
	}
	return readLowered(text, module, loader)
}

// readLowered reads what goja's parser does not know, by way of an older form.
func readLowered(text string, module bool, loader api.Loader) *Code {
	unread := &Code{Reason: "it uses syntax that this version cannot look into", Late: seemsToExport(text)}
	lowered := api.Transform(text, api.TransformOptions{
		Loader: loader, Target: api.ES2017, Format: api.FormatCommonJS, LogLevel: api.LogLevelSilent,
		Supported: map[string]bool{"dynamic-import": false}, // becomes a call of require
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
	})
	if len(lowered.Errors) > 0 {
		return unread
	}
	places, err := sourcemap.Parse("", lowered.Map)
	if err != nil {
		return unread
	}
	program, err := parseGoja(string(lowered.Code))
	if err != nil {
		return unread
	}
	code, _ := walkProgram(program, mapped(text, string(lowered.Code), places), module)
	named := importsOf(text)
	for _, l := range code.Imports {
		if !slices.ContainsFunc(named, func(n Literal) bool { return n.Text == l.Text }) {
			named = append(named, l)
		}
	}
	code.Imports = named
	if found := moduleStatement().FindStringSubmatchIndex(text); found != nil && !module {
		code.ModuleOnly = &Literal{Text: text[found[2]:found[3]], Span: source.Span{Start: found[2], End: found[3]}}
	}
	return code
}

// parseGoja parses with goja, whose parser panics on some texts that are no
// JavaScript: that is a refusal like any other.
func parseGoja(text string) (program *ast.Program, err error) {
	defer func() {
		if p := recover(); p != nil {
			program, err = nil, fmt.Errorf("parse: %v", p)
		}
	}()
	return parser.ParseFile(nil, "", text, parser.IgnoreRegExpErrors, parser.WithDisableSourceMaps)
}

// esbuildFaults returns the syntax errors that esbuild finds.
func esbuildFaults(text string, loader api.Loader) []Fault {
	result := api.Transform(text, api.TransformOptions{Loader: loader, LogLevel: api.LogLevelSilent})
	if len(result.Errors) == 0 {
		return nil
	}
	lines := source.New("", []byte(text))
	var faults []Fault
	for _, message := range result.Errors[:min(len(result.Errors), maxFaults)] {
		f := Fault{Span: locate(lines, message.Location), Message: sentence(message.Text)}
		if message.Location != nil && message.Location.Suggestion != "" {
			f.Hint = "write `" + message.Location.Suggestion + "`"
		}
		for _, n := range message.Notes {
			switch {
			case n.Location != nil:
				f.Notes = append(f.Notes, FaultNote{locate(lines, n.Location), sentence(n.Text)})
			case f.Hint == "":
				f.Hint = sentence(n.Text)
			}
		}
		faults = append(faults, f)
	}
	return faults
}

// locate turns a location of esbuild (1-based line, 0-based column in bytes) into a
// span.
func locate(lines *source.Source, l *api.Location) source.Span {
	if l == nil {
		return source.Span{}
	}
	start, _ := lines.Offset(source.Position{Line: l.Line, Column: l.Column + 1}, source.Bytes)
	return source.Span{Start: start, End: min(start+max(l.Length, 0), len(lines.Text))}
}

// sentence gives a foreign message the form of ours: lower case, no period.
func sentence(text string) string {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".")
	if len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' && (text[1] < 'A' || text[1] > 'Z') {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

var (
	// Statements that only a module may have, at the beginning of a line.
	moduleStatement = lazily(`(?m)^[ \t]*((?:import(?:[ \t]+[\w$*{]|[ \t]*["'{])|export[ \t]+(?:default|const|let|var|function|async|class|[{*]))[^\n;]*)`)
	importFrom      = lazily(`(?m)^[ \t]*(?:import|export)\b[^;"'()]*?["']([^"'\n]+)["']`)
	exportCall      = lazily(`\bapi\s*\??\.\s*(?:export|init)\b`)
)

// lazily compiles a regular expression at its first use: most runs need none, and
// every command would pay for it.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// importsOf finds what the import statements of a module name.
func importsOf(text string) []Literal {
	var imports []Literal
	for _, found := range importFrom().FindAllStringSubmatchIndex(text, maxFacts) {
		imports = append(imports, Literal{text[found[2]:found[3]], source.Span{Start: found[2], End: found[3]}})
	}
	return imports
}

// seemsToExport reports whether a text that could not be read mentions an export.
func seemsToExport(text string) bool { return exportCall().MatchString(text) }

// tooMuch tells why a text should not be given to a parser, or "". It counts without
// understanding, so that a text full of brackets in strings may be refused as well.
func tooMuch(text string) string {
	if len(text) > MaxScriptBytes {
		return "it is longer than 2 MiB"
	}
	depth, run, chain := 0, 0, 0
	for i := range len(text) {
		run++
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']':
			depth = max(depth-1, 0)
		case '}':
			depth, run, chain = max(depth-1, 0), 0, 0
		case ';', ',':
			run, chain = 0, 0
		case '\n':
			run = 0
		case '>', ':': // a=>a=>a, a:a:a: goja takes quadratic time for these
			if text[i] == ':' || i > 0 && text[i-1] == '=' {
				chain++
			}
		}
		switch {
		case depth > maxNesting:
			return "its brackets are nested too deeply"
		case run > maxRun, chain > maxChain:
			return "one of its statements is too long"
		}
	}
	return ""
}

// longLine reports whether a line is too long for esbuild, whose errors each repeat
// the line they stand in.
func longLine(text string) bool {
	for line := range strings.Lines(text) {
		if len(line) > maxLine {
			return true
		}
	}
	return false
}
