package engine

import "github.com/imjoy-tools/imjoy/engine/internal/lower"

// TypeScript rewrites a script as JavaScript that any browser runs, for a runtime that
// has a JavaScript of its own.
func TypeScript(name, text string) (string, error) {
	result, err := lower.Script(name, text, true)
	if err != nil {
		return "", err
	}
	return result.Code, nil
}
