package terminal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

// ErrNobody is the error of a question that nobody can answer and that has no
// default.
var ErrNobody = errors.New("nobody can be asked: standard input is no terminal")

// maxAnswer is the longest answer that is read, in bytes.
const maxAnswer = 64 << 10

// Alert shows text.
func (t *Terminal) Alert(_ context.Context, m engine.Message) error {
	t.print(t.paint("1", message(m)))
	return nil
}

// Prompt asks for a line of text. Without a terminal the suggestion is the answer.
func (t *Terminal) Prompt(ctx context.Context, m engine.Message, suggestion string) (string, error) {
	if answer, ok := t.answers.take(m.Title, "prompt"); ok {
		return answer, nil
	}
	if !t.o.Ask {
		if suggestion == "" {
			return "", fmt.Errorf("%w; --answer prompt=TEXT answers it", ErrNobody)
		}
		return suggestion, nil
	}
	t.asking.Lock()
	defer t.asking.Unlock()
	answer, err := t.question(ctx, withDefault(message(m), suggestion))
	if answer == "" {
		answer = suggestion
	}
	return answer, err
}

// Confirm asks for yes or no; no is the default, and the answer when nobody can be
// asked.
func (t *Terminal) Confirm(ctx context.Context, m engine.Message) (bool, error) {
	if answer, ok := t.answers.take(m.Title, "confirm"); ok {
		yes, known := yesOrNo(answer)
		if !known {
			return false, fmt.Errorf("--answer confirm=%s: write yes or no", findings.Clean(answer))
		}
		return yes, nil
	}
	if !t.o.Ask {
		return false, nil
	}
	t.asking.Lock()
	defer t.asking.Unlock()
	for {
		answer, err := t.question(ctx, message(m)+" [y/N] ")
		if err != nil {
			return false, err
		}
		if yes, known := yesOrNo(answer); known {
			return yes, nil
		}
		t.print("please answer y or n")
	}
}

// yesOrNo reads an answer; none is no.
func yesOrNo(answer string) (yes, known bool) {
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "true":
		return true, true
	case "", "n", "no", "false":
		return false, true
	}
	return false, false
}

// message is what is asked or told, every line under its title: the workspace puts
// the name of the plugin there.
func message(m engine.Message) string {
	text := clean(m.Text)
	if m.Title == "" {
		return text
	}
	title := findings.Clean(m.Title) + ": "
	return title + strings.ReplaceAll(text, "\n", "\n"+title)
}

func withDefault(question, value string) string {
	if value == "" {
		return question + " "
	}
	return fmt.Sprintf("%s [%s] ", question, findings.Clean(value))
}

// line is what a person typed, or why nothing more will come.
type line struct {
	text string
	err  error
}

// question asks and waits for a line. The end of the input, and of ctx, cancel.
func (t *Terminal) question(ctx context.Context, text string) (string, error) {
	t.mu.Lock()
	t.clear()
	fmt.Fprint(t.o.Out, text)
	t.mu.Unlock()
	if t.lines == nil {
		t.lines = make(chan line)
		go t.read()
	}
	select {
	case l, more := <-t.lines:
		if !more || l.err != nil {
			return "", engine.ErrCanceled
		}
		return l.text, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// read passes lines on one by one. A read of a terminal cannot be given up, so it
// lives in a goroutine of its own for as long as the program.
func (t *Terminal) read() {
	defer close(t.lines)
	for {
		var text []byte
		for {
			part, more, err := t.in.ReadLine()
			if err != nil {
				t.lines <- line{err: err}
				return
			}
			text = append(text, part...)
			if len(text) > maxAnswer {
				t.lines <- line{err: errors.New("the answer is too long")}
				return
			}
			if !more {
				break
			}
		}
		t.lines <- line{text: string(text)}
	}
}
