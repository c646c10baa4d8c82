package terminal

import (
	"fmt"
	"math"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/findings"
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
		t.replace(r.Plugin, findings.Clean(r.Text))
	case r.Kind == engine.KindProgress:
		t.progress(r)
	default:
		t.say(r.Plugin, r.Level, text(r))
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
	t.say(r.Plugin, engine.Error, fmt.Sprint(r.Err))
}

// say prints what a plugin said. Each line begins with its name: nothing that a
// plugin says looks like a line of the program.
func (t *Terminal) say(plugin string, level engine.Level, text string) {
	lines := strings.Split(t.level(level, clean(text)), "\n")
	for i := range lines {
		lines[i] = t.from(plugin) + lines[i]
	}
	t.print(strings.Join(lines, "\n"))
}

func (t *Terminal) from(plugin string) string {
	return t.paint("2", findings.Clean(plugin)+": ")
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
		t.replace(r.Plugin, fmt.Sprintf("%.0f %%", percent))
		return
	}
	width := min(30, t.columns()/3)
	done := int(percent / 100 * float64(width))
	bar := make([]rune, width)
	for i := range bar {
		bar[i] = '·'
		if i < done {
			bar[i] = '━'
		}
	}
	t.replace(r.Plugin, fmt.Sprintf("%s %3.0f %%", string(bar), percent))
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
		return strings.ToValidUTF8(string(data[:maxValue]), "") + "…"
	}
	return string(data)
}
