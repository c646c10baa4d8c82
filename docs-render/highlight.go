package docsrender

import (
	"context"
	"embed"
	"html"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// The lexers are copies of chroma's. Its own package of them is not imported,
// because that one reads some 300 files whenever the program starts.
//
//go:embed lexers/*.xml
var lexerFiles embed.FS

// lexers reads the lexer files when code is first highlighted.
var lexers = sync.OnceValue(func() *chroma.LexerRegistry {
	registry := chroma.NewLexerRegistry()
	for _, name := range []string{"javascript", "typescript", "python", "html", "css", "json", "yaml", "bash"} {
		registry.Register(chroma.MustNewXMLLexer(lexerFiles, "lexers/"+name+".xml"))
	}
	return registry
})

// languages maps what authors write behind ``` to the lexers there are.
var languages = map[string]string{
	"js": "javascript", "javascript": "javascript", "jsx": "javascript", "mjs": "javascript", "node": "javascript",
	"ts": "typescript", "typescript": "typescript", "tsx": "typescript",
	"py": "python", "python": "python", "python3": "python", "pycon": "python",
	"html": "html", "xml": "html", "svg": "html", "vue": "html", "htm": "html",
	"css": "css", "scss": "css", "json": "json", "jsonc": "json", "json5": "json", "yaml": "yaml", "yml": "yaml",
	"sh": "bash", "bash": "bash", "shell": "bash", "zsh": "bash", "console": "bash",
}

// word is a piece of code of one colour; its class is "" for plain text.
type word struct{ class, text string }

// highlight splits code into words. Their texts joined are the code, whatever
// happens: what cannot be highlighted is plain.
func highlight(ctx context.Context, language, code string) []word {
	name := languages[strings.ToLower(language)]
	if name == "" || code == "" {
		return []word{{"", code}}
	}
	rest := ""
	if len(code) > MaxHighlightBytes {
		code, rest = code[:MaxHighlightBytes], code[MaxHighlightBytes:]
	}
	ctx, cancel := context.WithTimeout(ctx, MaxHighlightTime)
	defer cancel()
	words, done := tokenise(ctx, name, code)
	if code[done:]+rest != "" {
		words = append(words, word{"", code[done:] + rest})
	}
	return words
}

// tokenise runs a lexer until the end or until ctx is done; done is how many bytes
// it has read.
func tokenise(ctx context.Context, name, code string) (words []word, done int) {
	next, err := lexers().Get(name).Tokenise(&chroma.TokeniseOptions{State: "root"}, code)
	if err != nil {
		return nil, 0
	}
	for token := next(); token != chroma.EOF && ctx.Err() == nil; token = next() {
		if !strings.HasPrefix(code[done:], token.Value) {
			break // a line break that the lexer added, or bytes that it has replaced
		}
		done += len(token.Value)
		class := classOf(token.Type)
		if last := len(words) - 1; last >= 0 && words[last].class == class {
			words[last].text += token.Value
			continue
		}
		words = append(words, word{class, token.Value})
	}
	return words, done
}

// classOf gives the few kinds of words that the style sheet tells apart a class.
func classOf(t chroma.TokenType) string {
	switch {
	case t.InCategory(chroma.Comment):
		return "c"
	case t.InCategory(chroma.Keyword), t == chroma.OperatorWord:
		return "k"
	case t.InSubCategory(chroma.String), t == chroma.LiteralDate:
		return "s"
	case t.InSubCategory(chroma.Number), t == chroma.KeywordConstant:
		return "m"
	case t == chroma.NameTag, t == chroma.NameDecorator:
		return "nt"
	case t == chroma.NameAttribute, t == chroma.NameProperty:
		return "na"
	case t == chroma.NameFunction, t == chroma.NameClass, t == chroma.NameFunctionMagic:
		return "nf"
	case t == chroma.NameBuiltin, t == chroma.NameBuiltinPseudo, t == chroma.NameException, t == chroma.NameEntity:
		return "nb"
	}
	return ""
}

// writeWord writes a word as HTML; its text must not hold a line break when it goes
// into a line of its own.
func writeWord(b *strings.Builder, w word) {
	if w.class == "" {
		b.WriteString(html.EscapeString(w.text))
		return
	}
	b.WriteString(`<span class="`)
	b.WriteString(w.class)
	b.WriteString(`">`)
	b.WriteString(html.EscapeString(w.text))
	b.WriteString(`</span>`)
}
