package pluginfile

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// benchmarkTexts returns the plugin files under IMJOY_CORPUS, and if that is not set
// files made up in the shape of the public corpus: sizes, blocks and density of tags.
func benchmarkTexts(b *testing.B) (texts [][]byte, total int64) {
	b.Helper()
	if os.Getenv("IMJOY_CORPUS") != "" {
		for _, file := range corpus.Files(b) {
			texts = append(texts, file.Text)
		}
	} else {
		for i := range 98 {
			texts = append(texts, madeUpPlugin(i))
		}
	}
	for _, text := range texts {
		total += int64(len(text))
	}
	return texts, total
}

// madeUpPlugin has a script of 2 to 60 KB with a "<" every 3 KB, and in every fourth
// file a window of 6 KB with a tag every 45 bytes: what the corpus is like.
func madeUpPlugin(i int) []byte {
	var b strings.Builder
	b.WriteString("<docs lang=\"markdown\">\n# Plugin\n" + strings.Repeat("Some words about what it does.\n", 8) + "</docs>\n\n")
	b.WriteString("<config lang=\"json\">\n{\n  \"name\": \"Plugin\",\n  \"type\": \"window\",\n  \"tags\": [],\n  \"ui\": \"\",\n  \"version\": \"0.1.0\",\n" +
		"  \"api_version\": \"0.1.8\",\n  \"description\": \"Does something\",\n  \"icon\": \"extension\",\n  \"inputs\": null,\n  \"outputs\": null,\n" +
		"  \"env\": \"\",\n  \"permissions\": [],\n  \"requirements\": [\"https://example.com/a.js\"],\n  \"dependencies\": []\n}\n</config>\n\n")
	b.WriteString("<script lang=\"javascript\">\n")
	line := "    const value = await api.call(something, {name: 'x', size: 12});\n"
	for n := range 30 + i*9 {
		if n%45 == 44 {
			b.WriteString("    for (let i = 0; i < 10; i++) {\n")
		}
		b.WriteString(line)
	}
	b.WriteString("</script>\n")
	if i%4 == 0 {
		b.WriteString("\n<window lang=\"html\">\n  <div class=\"app\">\n")
		b.WriteString(strings.Repeat("    <div class=\"row\"><span>Some text</span></div>\n", 120))
		b.WriteString("  </div>\n</window>\n<style lang=\"css\">\n.row { color: red }\n</style>\n")
	}
	return []byte(b.String())
}

// BenchmarkBlockSplit finds the blocks of a corpus. The aim is 2,000 MB/s, and
// allocations by block, not by byte.
func BenchmarkBlockSplit(b *testing.B) {
	texts, total := benchmarkTexts(b)
	sources := make([]*source.Source, len(texts))
	for i, text := range texts {
		sources[i] = source.New("a", text)
	}
	b.SetBytes(total)
	b.ReportAllocs()
	blocks := 0
	for b.Loop() {
		blocks = 0
		for _, s := range sources {
			r, _ := readBlocks(s)
			blocks += len(r.blocks)
		}
	}
	b.ReportMetric(float64(blocks), "blocks")
}

// BenchmarkHop only goes from "<" to "<": no scanner can be faster.
func BenchmarkHop(b *testing.B) {
	texts, total := benchmarkTexts(b)
	b.SetBytes(total)
	for b.Loop() {
		for _, text := range texts {
			for {
				at := bytes.IndexByte(text, '<')
				if at < 0 {
					break
				}
				text = text[at+1:]
			}
		}
	}
}

// BenchmarkParse is the whole reading: blocks, config tree with places, checks.
func BenchmarkParse(b *testing.B) {
	texts, total := benchmarkTexts(b)
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			Parse("a", text)
		}
	}
}

// BenchmarkBody takes the indentation off every block.
func BenchmarkBody(b *testing.B) {
	texts, total := benchmarkTexts(b)
	var blocks []*Block
	for _, text := range texts {
		doc, _ := Parse("a", text)
		blocks = append(blocks, doc.Blocks...)
	}
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		for _, block := range blocks {
			source.Cut(block.Source, block.Inner, indentation(block.Source.Text, block.Inner))
		}
	}
}

// hostile are texts that make other parsers slow; each is of about n bytes.
var hostile = []struct {
	name string
	make func(n int) string
}{
	{"lone <", repeat("<")},
	{"nested", repeat("<div>")},
	{"nested, no end tag matches", func(n int) string { return strings.Repeat("<div>", n/9) + strings.Repeat("</x>", n/9) }},
	{"names of all kinds nested", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n/2; i++ {
			fmt.Fprintf(&b, "<a%x>", i)
		}
		return b.String() + strings.Repeat("</b>", n/8)
	}},
	{"attributes", func(n int) string { return "<script " + repeat("a=1 ")(n) + ">" }},
	{"attributes without names", func(n int) string { return repeat("<script =>\n")(n) }},
	{"unclosed script", func(n int) string { return "<script>" + repeat("abc <\n")(n) }},
	{"unclosed scripts", repeat("<script>\n")},
	{"unclosed everything", repeat("<docs><script><window><!--")},
	{"unclosed windows", repeat("<window>\n<p>\n")},
	{"unclosed windows with scripts", repeat("<window><script></window>\n")},
	{"scripts of one end", func(n int) string { return repeat("<docs><script></docs>\n")(n) + "</script>" }},
	{"end tags without >", repeat("</a ")},
	{"start tags without >", repeat("<a ")},
	{"config >", repeat("<config >\n")},
	{"config a>", repeat("<config a>\n")},
	{"open quotes", repeat("<config a=\"\n")},
	{"quotes of two kinds", repeat("<config a=\"'\n")},
	{"broken tags", repeat("<script tag=>\n")},
	{"open links", repeat("<link>\n")},
	{"capitals", repeat("<SCRIPT>\n")},
	{"pages", repeat("<html>\n<config>\n")},
	{"wrappers", repeat("<div>\n<config>\n")},
	{"closed twice", repeat("<docs>a</docs>b</docs>\n")},
	{"comments", repeat("<!-- a -->b")},
	{"open comments", repeat("<!--\n")},
	{"comments that end in blocks", repeat("<!--\n<docs>\n<!-- -->\n")},
	{"comments that begin with blocks", repeat("<!--\n<docs>\n-->\n")},
	{"scripts that hold windows", repeat("<script>\n<window>\n</script></window>\n")},
	{"end tags after a script", func(n int) string {
		return "<script>" + strings.Repeat("\n<window>", n/18) + "</script>" + strings.Repeat("</docs>", n/14)
	}},
	{"far to the right", func(n int) string {
		return strings.Repeat(" ", n/2) + "<script>" + strings.Repeat("\n <script>", n/20) + "</script>"
	}},
	{"doctypes", repeat("<!DOCTYPE a")},
	{"fences", repeat("<docs>\n```\n<docs>\n")},
	{"docs in docs", func(n int) string { return strings.Repeat("<docs>\n", n/14) + strings.Repeat("</docs>\n", n/16) }},
	{"blank lines", func(n int) string { return "<docs>" + repeat(" \n")(n) + "</docs>" }},
	{"long name", func(n int) string { return "<" + repeat("a")(n/2) + "></" + repeat("a")(n/2) + ">" }},
	{"strange spaces", func(n int) string { return "<a" + repeat("\u2003")(n) }},
}

func repeat(piece string) func(int) string {
	return func(n int) string { return strings.Repeat(piece, n/len(piece)+1) }
}

// readAll does what any command may do with a text.
func readAll(text []byte) {
	doc, _ := Parse("a", text)
	for _, b := range doc.Recovered {
		b.Body()
	}
}

// shortest returns the shortest of some runs.
func shortest(runs int, f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range runs {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}

// BenchmarkGrowth reads hostile texts of 512 KiB and 1 MiB; growth is the ratio of
// the two times, 2 when reading is linear.
func BenchmarkGrowth(b *testing.B) {
	for _, series := range hostile {
		b.Run(series.name, func(b *testing.B) {
			small, large := []byte(series.make(512<<10)), []byte(series.make(1<<20))
			b.SetBytes(int64(len(large)))
			b.ReportAllocs()
			for b.Loop() {
				readAll(large)
			}
			ratio := float64(shortest(5, func() { readAll(large) })) / float64(shortest(5, func() { readAll(small) }))
			b.ReportMetric(ratio, "growth")
		})
	}
}
