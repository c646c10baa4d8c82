package analysis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// NoPython is the [Code.Reason] of a Python script that nobody could read.
const NoPython = "reading Python needs python3"

// Python reads Python texts. It answers one Code for each text, in order.
type Python interface {
	Read(ctx context.Context, texts []string) ([]*Code, error)
}

// PythonVia returns a Python that reads through run, which starts an interpreter
// with a program (`python3 -I -S -c program`), gives it input and returns what it
// printed. One call reads any number of texts.
func PythonVia(run func(ctx context.Context, program string, input []byte) (output []byte, err error)) Python {
	return KeptPython(nil, run)
}

// Kept holds what the helper answered about texts, in its own words, for longer than the
// program runs. It is for one interpreter and one version of the helper. It must be safe for
// concurrent use.
type Kept interface {
	Get(text string) (answer []byte, ok bool)
	Put(text string, answer []byte)
}

// KeptPython is [PythonVia] for texts that kept does not have; where it has all of them,
// nothing is started. An answer that cannot be read is asked for again.
func KeptPython(kept Kept, run func(ctx context.Context, program string, input []byte) (output []byte, err error)) Python {
	return &pythonReader{kept, run}
}

type pythonReader struct {
	kept Kept // may be nil
	run  func(ctx context.Context, program string, input []byte) ([]byte, error)
}

func (r *pythonReader) Read(ctx context.Context, texts []string) ([]*Code, error) {
	codes := make([]*Code, len(texts))
	var unknown []string
	var at []int
	for i, text := range texts {
		if codes[i] = r.known(text); codes[i] == nil {
			unknown, at = append(unknown, text), append(at, i)
		}
	}
	if len(unknown) == 0 {
		return codes, nil
	}
	answers, err := r.ask(ctx, unknown)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		code, err := readAnswer(answer, unknown[i])
		if err != nil {
			return nil, err
		}
		codes[at[i]] = code
		if r.kept != nil && code.Reason != NoPython {
			r.kept.Put(unknown[i], answer)
		}
	}
	return codes, nil
}

// known returns what was kept of a text, nil if that is nothing of use.
func (r *pythonReader) known(text string) *Code {
	if r.kept == nil {
		return nil
	}
	answer, ok := r.kept.Get(text)
	if !ok {
		return nil
	}
	code, err := readAnswer(answer, text)
	if err != nil {
		return nil
	}
	return code
}

// ask asks one helper, or for many texts several at once.
func (r *pythonReader) ask(ctx context.Context, texts []string) ([]json.RawMessage, error) {
	parts := share(texts, min(runtime.GOMAXPROCS(0), maxHelpers))
	answers, errs := make([][]json.RawMessage, len(parts)), make([]error, len(parts))
	var group sync.WaitGroup
	for i, part := range parts {
		group.Go(func() { answers[i], errs[i] = r.askOne(ctx, part) })
	}
	group.Wait()
	return slices.Concat(answers...), errors.Join(errs...)
}

// share cuts a list of texts into at most n lists of about the same size, but none that
// is not worth the start of a helper.
func share(texts []string, n int) (parts [][]string) {
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	most := max(total/max(n, 1), minHelperBytes)
	begin, size := 0, 0
	for i, text := range texts {
		if size > 0 && size+len(text)/2 > most && len(parts) < n-1 {
			parts = append(parts, texts[begin:i])
			begin, size = i, 0
		}
		size += len(text)
	}
	return append(parts, texts[begin:])
}

func (r *pythonReader) askOne(ctx context.Context, texts []string) ([]json.RawMessage, error) {
	input, err := json.Marshal(map[string]any{"scripts": texts})
	if err != nil {
		return nil, err
	}
	output, err := r.run(ctx, pythonProgram(), input)
	if err != nil {
		return nil, err
	}
	var answer struct{ Codes []json.RawMessage }
	if err := json.Unmarshal(output, &answer); err != nil {
		return nil, fmt.Errorf("read the facts of Python: %w", err)
	}
	if len(answer.Codes) != len(texts) {
		return nil, fmt.Errorf("read the facts of Python: %d answers to %d scripts", len(answer.Codes), len(texts))
	}
	return answer.Codes, nil
}

func readAnswer(answer []byte, text string) (*Code, error) {
	var c *pythonCode
	if err := json.Unmarshal(answer, &c); err != nil {
		return nil, fmt.Errorf("read the facts of Python: %w", err)
	}
	return c.code(len(text)), nil
}

// Prefetch reads the Python scripts of documents into a cache, so that [WithPython] finds
// them there: the child that reads them can work while JavaScript is read. Its error is
// that of the reading; [WithPython] will come to the same.
func Prefetch(ctx context.Context, python Python, cache *Cache, docs ...*pluginfile.Document) error {
	var texts []string
	seen := map[string]bool{}
	for _, doc := range docs {
		for _, b := range pluginfile.All(doc.Recovered, pluginfile.ScriptBlock) {
			if tags.Language(b) != tags.Python {
				continue
			}
			text := b.Body().Text
			if len(text) <= MaxScriptBytes && !seen[text] && cache.get(cacheKey{language: tags.Python, text: text}) == nil {
				seen[text] = true
				texts = append(texts, text)
			}
		}
	}
	if len(texts) == 0 {
		return nil
	}
	codes, err := python.Read(ctx, texts)
	if err != nil {
		return err
	}
	for i, text := range texts {
		cache.put(cacheKey{language: tags.Python, text: text}, codes[i])
	}
	return nil
}

// WithPython adds the facts of all Python scripts, asking once for those that the
// cache does not know. On an error the scripts stay unread.
func WithPython(ctx context.Context, python Python, cache *Cache, all ...*Facts) error {
	var unread []*Script
	var texts []string
	index := map[string]int{}
	for _, f := range all {
		for _, s := range f.Scripts {
			text := s.Block.Body().Text
			if s.Language != tags.Python || s.Read {
				continue
			}
			if len(text) > MaxScriptBytes {
				s.Code = &Code{Reason: "it is longer than 2 MiB", Late: seemsToExport(text)}
				continue
			}
			if known := cache.get(cacheKey{language: tags.Python, text: text}); known != nil {
				s.Code = known
				continue
			}
			unread = append(unread, s)
			if _, again := index[text]; !again {
				index[text] = len(texts)
				texts = append(texts, text)
			}
		}
	}
	if len(unread) == 0 {
		return nil
	}
	codes, err := python.Read(ctx, texts)
	if err != nil {
		return err
	}
	for _, s := range unread {
		text := s.Block.Body().Text
		s.Code = codes[index[text]]
		cache.put(cacheKey{language: tags.Python, text: text}, s.Code)
	}
	return nil
}
