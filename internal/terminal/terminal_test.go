package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/terminal"
)

// person is a terminal with somebody who has typed already.
func person(typed string) (*terminal.Terminal, *bytes.Buffer) {
	var out bytes.Buffer
	return terminal.New(terminal.Options{In: strings.NewReader(typed), Out: &out, Ask: true}), &out
}

// nobody is a log file.
func nobody() (*terminal.Terminal, *bytes.Buffer) {
	var out bytes.Buffer
	return terminal.New(terminal.Options{In: strings.NewReader("y\nnever read\n"), Out: &out}), &out
}

func TestNobodyIsAsked(t *testing.T) {
	term, out := nobody()
	if answer, err := term.Prompt(t.Context(), engine.Message{Text: "q"}, "suggested"); answer != "suggested" || err != nil {
		t.Errorf("%q %v", answer, err)
	}
	if _, err := term.Prompt(t.Context(), engine.Message{Text: "q"}, ""); !errors.Is(err, terminal.ErrNobody) {
		t.Errorf("got %v", err)
	}
	if yes, err := term.Confirm(t.Context(), engine.Message{Text: "q"}); yes || err != nil {
		t.Errorf("%v %v", yes, err)
	}
	if out.Len() > 0 {
		t.Errorf("it asks: %q", out)
	}
	if err := term.Alert(t.Context(), engine.Message{Title: "A", Text: "look"}); err != nil || out.String() != "A: look\n" {
		t.Errorf("%v %q", err, out)
	}
}

func TestAPersonIsAsked(t *testing.T) {
	term, out := person("Ada\n\nmaybe\nYES\n\nlast")
	ask := engine.Message{Title: "P", Text: "name?"}
	for _, want := range []string{"Ada", "suggested"} {
		if answer, err := term.Prompt(t.Context(), ask, "suggested"); answer != want || err != nil {
			t.Errorf("%q %v, want %q", answer, err, want)
		}
	}
	for _, want := range []bool{true, false} {
		if yes, err := term.Confirm(t.Context(), ask); yes != want || err != nil {
			t.Errorf("%v %v, want %v", yes, err, want)
		}
	}
	if answer, err := term.Prompt(t.Context(), ask, ""); answer != "last" || err != nil {
		t.Errorf("%q %v", answer, err)
	}
	for range 2 { // the input has ended
		if _, err := term.Prompt(t.Context(), ask, ""); !errors.Is(err, engine.ErrCanceled) {
			t.Errorf("got %v", err)
		}
	}
	want := "P: name? [suggested] P: name? [suggested] P: name? [y/N] please answer y or n\nP: name? [y/N] P: name? [y/N] P: name? P: name? P: name? "
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestQuestionsAreGivenUp(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	term := terminal.New(terminal.Options{In: in, Out: io.Discard, Ask: true})
	reason := errors.New("the plugin ended")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if _, err := term.Prompt(ctx, engine.Message{}, ""); !errors.Is(err, reason) {
		t.Errorf("got %v", err)
	}
	go func() { _, _ = io.WriteString(typing, "later\n") }()
	if answer, err := term.Prompt(t.Context(), engine.Message{}, ""); answer != "later" || err != nil {
		t.Errorf("%q %v", answer, err)
	}
	go func() { _, _ = io.WriteString(typing, strings.Repeat("x", 1<<20)+"\n") }()
	if _, err := term.Prompt(t.Context(), engine.Message{}, ""); !errors.Is(err, engine.ErrCanceled) {
		t.Errorf("an endless answer: %v", err)
	}
}

const dialogUI = "{id: 'sigma', type: 'number', placeholder: 2, min: 0} {id: 'kind', type: 'choose', options: ['a', 'b']} {id: 'name', type: 'string', placeholder: 'x'}"

func form(t *testing.T, term *terminal.Terminal, pairs ...any) (string, error) {
	t.Helper()
	answers, err := term.Form(t.Context(), value.NewObject(pairs...))
	if err != nil {
		return "", err
	}
	text, err := value.JSON(answers)
	return string(text), err
}

func TestForms(t *testing.T) {
	term, out := nobody()
	if got, err := form(t, term, "ui", dialogUI); got != `{"sigma":2,"kind":"a","name":"x"}` || err != nil || out.Len() > 0 {
		t.Errorf("%s %v %q", got, err, out)
	}
	term, out = person("-1\n5\nc\nb\n\n")
	if got, err := form(t, term, "name", "Settings", "ui", dialogUI); got != `{"sigma":5,"kind":"b","name":"x"}` || err != nil {
		t.Errorf("%s %v", got, err)
	}
	for _, want := range []string{"Settings\n", "Settings: sigma [2] ", "-1 is below the minimum 0\n", "(a, b) [a] ", `"c" is none of the options`, "[x] "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
	term, _ = person("")
	if _, err := form(t, term, "ui", dialogUI); !errors.Is(err, engine.ErrCanceled) {
		t.Errorf("the end of the input: %v", err)
	}
	if _, err := form(t, term, "title", "no ui"); err == nil || !strings.Contains(err.Error(), "no ui") {
		t.Errorf("got %v", err)
	}
}

func TestRecords(t *testing.T) {
	records := []engine.Record{
		{Kind: engine.KindLog, Level: engine.Info, Text: "one\ntwo\n"},
		{Kind: engine.KindLog, Level: engine.Warning, Text: "careful"},
		{Kind: engine.KindStatus, Level: engine.Info, Text: "wor\nking"},
		{Kind: engine.KindProgress, Level: engine.Info, Progress: 0.501},
		{Kind: engine.KindProgress, Level: engine.Info, Progress: 0.502},
		{Kind: engine.KindLog, Level: engine.Info, Value: value.NewObject("a", 1.0)},
		{Kind: engine.KindLog, Level: engine.Error, Text: "bad"},
		{Kind: engine.KindUnhandled, Level: engine.Error, Err: errors.New("lost")},
	}
	for _, test := range []struct {
		name string
		o    terminal.Options
		want string
	}{
		{"log file", terminal.Options{}, "P: one\nP: two\nP: warning: careful\nP: wor king\nP: 50 %\nP: {\"a\":1}\nP: error: bad\nP: error: lost\n"},
		{"quiet", terminal.Options{Quiet: true}, "P: error: bad\nP: error: lost\n"},
		{"live", terminal.Options{Live: true, Columns: 20}, "P: one\nP: two\nP: warning: careful\n\r\x1b[KP: wor king\r\x1b[KP: ━━━···  50 %\r\x1b[KP: {\"a\":1}\nP: error: bad\nP: error: lost\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			test.o.In, test.o.Out = strings.NewReader(""), &out
			term := terminal.New(test.o)
			for _, r := range records {
				r.Plugin = "P"
				term.Write(r)
			}
			term.Close()
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
	var out bytes.Buffer
	var problem error
	term := terminal.New(terminal.Options{In: strings.NewReader(""), Out: &out, Problem: func(err error) { problem = err }})
	term.Write(records[len(records)-1])
	if problem == nil || out.Len() > 0 {
		t.Errorf("%v %q", problem, &out)
	}
}

func TestLiveLinesDoNotWrap(t *testing.T) {
	var out bytes.Buffer
	term := terminal.New(terminal.Options{In: strings.NewReader(""), Out: &out, Live: true, Columns: 10})
	term.Write(engine.Record{Plugin: "P", Kind: engine.KindStatus, Text: "äöüäöüäöüäöü"})
	term.Close()
	if got, want := out.String(), "\r\x1b[KP: äöüäö…\r\x1b[K"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNothingIsForged: whatever a plugin says, it sends no escape sequence and begins
// no line that is not its own.
func TestNothingIsForged(t *testing.T) {
	evil := "a\x1b[2Jb\rimjoy: c\nimjoy: forged\u202e\x07\x9b31m\n"
	term, out := person("\n\n\n\n\n\n")
	for _, kind := range []engine.Kind{engine.KindLog, engine.KindOutput, engine.KindMessage, engine.KindStatus, engine.KindUnhandled} {
		term.Write(engine.Record{Plugin: "P" + evil, Kind: kind, Text: evil, Err: errors.New(evil)})
	}
	ask := engine.Message{Title: "P" + evil, Text: evil}
	_ = term.Alert(t.Context(), ask)
	_, _ = term.Prompt(t.Context(), ask, evil)
	_, _ = term.Confirm(t.Context(), ask)
	_, _ = term.Form(t.Context(), value.NewObject("name", evil, "ui", "{id: 'x\x1b[2J', type: 'choose', options: ['a\\u001b[2J\\nimjoy: b']}"))
	for line := range strings.Lines(out.String()) {
		if strings.ContainsAny(line, "\x1b\r\x07\u009b\u202e") {
			t.Errorf("it sends %q", line)
		}
		if strings.HasPrefix(line, "imjoy:") {
			t.Errorf("it forges %q", line)
		}
	}
}
