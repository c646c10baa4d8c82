package docsrender

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Renderer turns an author's Markdown into harmless HTML. [Markdown] is the one of
// this package; a caller may put one in its place that runs it in another process.
type Renderer func(ctx context.Context, text string) (html string, err error)

// errTooLarge ends rendering when the HTML outgrows its limit.
var errTooLarge = fmt.Errorf("the docs grow to more than %d times their size", MaxGrowth)

// Markdown renders Markdown with GitHub's extensions and footnotes, highlights code,
// and sanitises the result, in which authors may use HTML. Texts that would cost too
// much are an error; it returns within about the time of ctx and [MaxDocsTime].
func Markdown(ctx context.Context, text string) (string, error) {
	switch {
	case len(text) > MaxDocsBytes:
		return "", fmt.Errorf("the docs are larger than %d KiB", MaxDocsBytes>>10)
	case tooDeep(text):
		return "", fmt.Errorf("the docs are nested more than %d deep", MaxNesting)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, MaxDocsTime, errors.New("the docs take too long to render"))
	defer cancel()
	type outcome struct {
		html string
		err  error
	}
	// The limits keep the work below a few seconds and it is stopped at the next
	// paragraph or write, so a goroutine that is given up ends soon after.
	done := make(chan outcome, 1)
	go func() {
		defer func() {
			switch p := recover().(type) {
			case nil:
			case stopped:
				done <- outcome{err: p.why}
			default:
				done <- outcome{err: fmt.Errorf("the docs cannot be rendered: %v", p)}
			}
		}()
		html, err := render(ctx, text)
		done <- outcome{html, err}
	}()
	select {
	case o := <-done:
		return o.html, o.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func render(ctx context.Context, text string) (string, error) {
	out := &limitedBuffer{ctx: ctx, limit: max(MinOutput, MaxGrowth*len(text))}
	md := goldmark.New(
		goldmark.WithExtensions(
			extension.Linkify, extension.Strikethrough, extension.TaskList, extension.Footnote,
			// The page's policy forbids the style attributes that are the default.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithParagraphTransformers(util.Prioritized(costly{ctx}, 1)),
			parser.WithBlockParsers(
				util.Prioritized(boundedHeading{parser.NewATXHeadingParser(parser.WithAutoHeadingID())}, 599),
				util.Prioritized(formulaBlockParser{}, 701), // behind fenced code
			),
			parser.WithInlineParsers(util.Prioritized(formulaParser{}, 90)), // before escapes
		),
		goldmark.WithRendererOptions(
			goldmarkhtml.WithUnsafe(), // what is unsafe is taken out below
			renderer.WithNodeRenderers(util.Prioritized(&codeRenderer{ctx}, 100), util.Prioritized(formulaRenderer{}, 100)),
		),
	)
	if err := md.Convert([]byte(text), out); err != nil {
		return "", err
	}
	clean := sanitize(out.String())
	if len(clean) > out.limit {
		return "", errTooLarge
	}
	return clean, nil
}

// stopped is the panic that ends goldmark's work: it can be told in no other way.
type stopped struct{ why error }

func stopWhenDone(ctx context.Context) {
	if ctx.Err() != nil {
		panic(stopped{context.Cause(ctx)})
	}
}

// limitedBuffer stops the work that outgrows its limit or its time.
type limitedBuffer struct {
	bytes.Buffer
	ctx   context.Context
	limit int
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	stopWhenDone(b.ctx)
	if b.Len()+len(p) > b.limit {
		panic(stopped{errTooLarge})
	}
	return b.Buffer.Write(p)
}

// codeRenderer highlights code blocks.
type codeRenderer struct{ ctx context.Context }

func (r *codeRenderer) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	register.Register(ast.KindFencedCodeBlock, r.render)
	register.Register(ast.KindCodeBlock, r.render)
}

func (r *codeRenderer) render(w util.BufWriter, text []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	language := ""
	if fenced, ok := n.(*ast.FencedCodeBlock); ok {
		language = string(fenced.Language(text))
	}
	if language == "math" || language == "mermaid" {
		writeFenced(w, language, n.Lines().Value(text))
		return ast.WalkSkipChildren, nil
	}
	var code, out strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		code.Write(line.Value(text))
	}
	out.WriteString(`<pre class="code"><code>`)
	for _, part := range highlight(r.ctx, language, code.String()) {
		writeWord(&out, part)
	}
	out.WriteString("</code></pre>\n")
	_, err := w.WriteString(out.String())
	return ast.WalkSkipChildren, err
}

// plainText is what a page shows of Markdown that is not rendered.
func plainText(text string) string {
	return `<pre class="code"><code>` + html.EscapeString(text) + `</code></pre>`
}
