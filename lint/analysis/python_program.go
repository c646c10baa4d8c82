package analysis

import (
	"embed"
	"strings"
	"sync"
)

// The program of the helper, in the order in which its files are joined to one: each uses
// what those before it define. It needs only the standard library of Python 3.8 or later,
// reads its job from standard input, writes the facts to standard output, and never
// executes what it reads.
var pythonFiles = []string{
	"text", "syntax", "tree",
	"api", "settings", "names", "modules", "promises", "mistakes", "answers", "exports",
	"reader", "main",
}

//go:embed python/*.py
var pythonFolder embed.FS

// pythonProgram returns the text of the program.
var pythonProgram = sync.OnceValue(func() string {
	var program strings.Builder
	for _, name := range pythonFiles {
		text, err := pythonFolder.ReadFile("python/" + name + ".py")
		if err != nil {
			panic(err) // it was there when this was built
		}
		program.Write(text)
	}
	return program.String()
})
