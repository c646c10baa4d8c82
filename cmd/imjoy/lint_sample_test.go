package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/corpus"
)

// sampleSeed draws another sample of findings, to be read by a person:
//
//	IMJOY_CORPUS=DIR go test ./cmd/imjoy -run TestCorpusSample -v -sample 7
var sampleSeed = flag.Uint64("sample", 0, "seed of a sample of 100 findings of the corpus, which is printed")

// sampleSize is how many findings a sample has.
const sampleSize = 100

type sampledFinding struct {
	File     string
	Line     int
	Code     string
	Severity string
	Message  string
	Hint     string
}

// corpusFindings are all findings of the command in the public plugins, in its order.
func corpusFindings(t *testing.T, dir string) []sampledFinding {
	t.Helper()
	var out, stderr bytes.Buffer
	a := &app.App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &stderr, Env: func(string) string { return "" }, Dir: dir}
	if code := run(t.Context(), a, []string{"lint", "--no-gitignore", "--format", "json", "."}); code != exitFindings {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var answer struct{ Diagnostics []sampledFinding }
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Diagnostics
}

// A sample of the findings was read by hand, and docs/status-lint.md says of each whether
// it is right. Those that are right are told as long as the rules are what they were
// judged by; those that were wrong have gone.
func TestCorpusSample(t *testing.T) {
	dir := corpus.Dir(t)
	all := corpusFindings(t, dir)
	if *sampleSeed != 0 {
		printSample(t, dir, all, *sampleSeed)
		return
	}
	told := map[string]bool{}
	for _, f := range all {
		told[fmt.Sprintf("%s %s:%d", f.Code, filepath.ToSlash(f.File), f.Line)] = true
	}
	rows := 0
	for _, row := range sampleRows(t) {
		rows++
		if right := row.verdict != "wrong"; told[row.finding] != right {
			t.Errorf("%s is %s by the table, and told: %v", row.finding, row.verdict, told[row.finding])
		}
	}
	if rows < sampleSize {
		t.Errorf("the table has %d findings", rows)
	}
}

type sampleRow struct{ finding, verdict string }

// sampleRows reads the table of docs/status-lint.md: code, place and verdict.
func sampleRows(t *testing.T) (rows []sampleRow) {
	t.Helper()
	text, err := os.ReadFile("../../docs/status-lint.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "| \n"), "|")
		if len(cells) < 3 || !strings.HasPrefix(cells[0], "`") {
			continue
		}
		for i, cell := range cells {
			cells[i] = strings.Trim(cell, " `")
		}
		rows = append(rows, sampleRow{cells[0] + " " + cells[1], cells[2]})
	}
	return rows
}

// printSample prints 100 findings that a seed chooses, each with the lines around it.
func printSample(t *testing.T, dir string, all []sampledFinding, seed uint64) {
	t.Helper()
	order := rand.New(rand.NewPCG(seed, seed)).Perm(len(all))
	for n, i := range order[:min(len(order), sampleSize)] {
		f := all[i]
		fmt.Printf("%d. %s[%s] %s:%d\n   %s\n   %s\n", n+1, f.Severity, f.Code, filepath.ToSlash(f.File), f.Line, f.Message, f.Hint)
		text, err := os.ReadFile(filepath.Join(dir, f.File))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		for k := max(f.Line-3, 1); k <= min(f.Line+2, len(lines)); k++ {
			fmt.Printf("   %5d %.160s\n", k, strings.TrimRight(lines[k-1], "\r"))
		}
	}
}
