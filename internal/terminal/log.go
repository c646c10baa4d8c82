package terminal

import (
	"fmt"
	"math"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// maxValue is how much of a value that was logged is shown, in bytes.
const maxValue = 400

// Write shows what a plugin said.
func (t *Terminal) Write(r engine.Record) {
	switch {
	case r.Kind == engine.KindUnhandled:
		t.unhandled(r)
	case t.o.Quiet && r.Level != engine.Error:
	case r.Kind == engine.KindStatus:
		t.replace(t.from(r.Plugin) + clean(r.Text))
	case r.Kind == engine.KindProgress:
		t.progress(r)
	default:
		t.print(t.from(r.Plugin) + t.level(r.Level, clean(text(r))))
	}
}

func (t *Terminal) unhandled(r engine.Record) {
	if t.o.Problem != nil && r.Err != nil {
		t.mu.Lock()
		t.clear()
		t.mu.Unlock()
		t.o.Problem(r.Err)
		return
	}
	t.print(t.from(r.Plugin) + t.level(engine.Error, clean(fmt.Sprint(r.Err))))
}

func (t *Terminal) from(plugin string) string {
	return t.paint("2", clean(plugin)+": ")
}

func (t *Terminal) level(level engine.Level, text string) string {
	switch level {
	case engine.Error:
		return t.paint("31", "error: ") + text
	case engine.Warning:
		return t.paint("33", "warning: ") + text
	case engine.Debug:
		return t.paint("2", text)
	}
	return text
}

// progress shows whole percents, so that a log of a plugin that counts to a million
// has a hundred lines.
func (t *Terminal) progress(r engine.Record) {
	percent := math.Round(min(max(r.Progress, 0), 1) * 100)
	if !t.o.Live {
		t.replace(fmt.Sprintf("%s%.0f %%", t.from(r.Plugin), percent))
		return
	}
	const width = 30
	done := int(percent / 100 * width)
	bar := make([]rune, width)
	for i := range bar {
		bar[i] = '·'
		if i < done {
			bar[i] = '━'
		}
	}
	t.replace(fmt.Sprintf("%s%s %3.0f %%", t.from(r.Plugin), string(bar), percent))
}

// text is the text of a record, or a short form of its value.
func text(r engine.Record) string {
	if r.Text != "" || r.Value == nil {
		return r.Text
	}
	data, err := value.JSON(r.Value)
	if err != nil {
		return err.Error()
	}
	if len(data) > maxValue {
		return string(data[:maxValue]) + "…"
	}
	return string(data)
}
