package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace"
)

// Form asks for each field of a dialog's ui; without a terminal every field has its
// default, and one without a default is an error.
func (t *Terminal) Form(ctx context.Context, dialog *value.Object) (*value.Object, error) {
	if dialog.Get("ui") == nil {
		return nil, errors.New("the dialog has no ui: windows are not available in a terminal")
	}
	f, err := workspace.ReadForm(dialog.Get("ui"))
	if err != nil {
		return nil, err
	}
	t.asking.Lock()
	defer t.asking.Unlock()
	answers := value.NewObject()
	title := titleOf(dialog)
	if t.o.Ask {
		t.heading(title, f)
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		if field.Type == form.Button || field.Type == form.Comment {
			continue
		}
		answer, err := t.field(ctx, title, field)
		if err != nil {
			return nil, err
		}
		answers.Set(field.DataID, answer)
	}
	return answers, nil
}

// titleOf is what a dialog calls itself; the workspace puts the name of the plugin
// there.
func titleOf(dialog *value.Object) string {
	for _, key := range []string{"title", "name"} {
		if name := dialog.Text(key); name != "" {
			return findings.Clean(name)
		}
	}
	return ""
}

func (t *Terminal) heading(title string, f *form.Form) {
	if title != "" {
		t.print(t.paint("1", title))
	}
	if len(f.Fields) == 0 {
		for _, piece := range f.Markup {
			t.print(message(engine.Message{Title: title, Text: piece.HTML}))
		}
	}
}

// field asks until the answer fits.
func (t *Terminal) field(ctx context.Context, title string, f *form.Field) (any, error) {
	if answer, ok := t.answers.take(title, f.ID); ok {
		v, err := f.Parse(answer)
		if err != nil {
			return nil, fmt.Errorf("--answer %s=%s: %w", f.ID, findings.Clean(answer), err)
		}
		return v, nil
	}
	if !t.o.Ask {
		if f.Default == nil {
			return nil, fmt.Errorf("the dialog asks for %q, which has no default: %w; --answer %s=VALUE answers it", f.ID, ErrNobody, f.ID)
		}
		return f.Default, nil
	}
	question := withDefault(message(engine.Message{Title: title, Text: findings.Clean(f.Label) + choices(f)}), shown(f.Default))
	for {
		answer, err := t.question(ctx, question)
		switch {
		case err != nil:
			return nil, err
		case answer == "" && f.Default != nil:
			return f.Default, nil
		}
		v, err := f.Parse(answer)
		if err == nil {
			return v, nil
		}
		t.print(clean(err.Error()))
	}
}

func choices(f *form.Field) string {
	if len(f.Options) == 0 {
		return ""
	}
	labels := make([]string, len(f.Options))
	for i, option := range f.Options {
		labels[i] = findings.Clean(option.Label)
	}
	return " (" + strings.Join(labels, ", ") + ")"
}

func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}
