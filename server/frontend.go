package server

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace"
)

var errNoAssets = errors.New("nothing is loaded from the network here")

// Frontend asks and tells people in the page.
func (s *Server) Frontend() workspace.Frontend {
	return workspace.Frontend{Dialogs: dialogs{s}, Windows: windows{s}, Files: files{s}, Log: journal{s}}
}

// ask shows a dialog in the page that is in use and waits for the answer; a dialog
// that is closed answers null.
func (s *Server) ask(ctx context.Context, kind string, what *value.Object) (value.Value, error) {
	c, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	what.Set("kind", kind)
	question, err := encode(what)
	if err != nil {
		return nil, err
	}
	answer, err := c.control.call(ctx, "dialog", question)
	if err != nil {
		return nil, err
	}
	return answer.decode(answer.text)
}

type dialogs struct{ server *Server }

var _ engine.Dialogs = dialogs{}

func (d dialogs) Alert(ctx context.Context, m engine.Message) error {
	_, err := d.server.ask(ctx, "alert", value.NewObject("title", m.Title, "text", m.Text))
	return err
}

func (d dialogs) Prompt(ctx context.Context, m engine.Message, suggestion string) (string, error) {
	answer, err := d.server.ask(ctx, "prompt", value.NewObject("title", m.Title, "text", m.Text, "suggestion", suggestion))
	text, ok := answer.(string)
	if err == nil && !ok {
		err = engine.ErrCanceled
	}
	return text, err
}

func (d dialogs) Confirm(ctx context.Context, m engine.Message) (bool, error) {
	answer, err := d.server.ask(ctx, "confirm", value.NewObject("title", m.Title, "text", m.Text))
	yes, _ := answer.(bool)
	return yes, err
}

// Choose asks for one of several answers, the first of which is no; a dialog that is
// closed is a no.
func (s *Server) Choose(ctx context.Context, title, text string, answers []string) (int, error) {
	words := make([]any, len(answers))
	for i, word := range answers {
		words[i] = word
	}
	answer, err := s.ask(ctx, "choose", value.NewObject("title", title, "text", text, "answers", words))
	n, _ := answer.(float64)
	if n < 0 || int(n) >= len(answers) {
		n = 0
	}
	return int(n), err
}

// Form shows the fields of a showDialog, and answers their values by id.
func (d dialogs) Form(ctx context.Context, dialog *value.Object) (*value.Object, error) {
	if dialog.Get("ui") == nil {
		return nil, errors.New("the dialog has no ui")
	}
	f, err := workspace.ReadForm(dialog.Get("ui"))
	if err != nil {
		return nil, err
	}
	text, err := value.FromJSON(FormJSON(f))
	if err != nil {
		return nil, err
	}
	answer, err := d.server.ask(ctx, "form", value.NewObject("title", dialog.Text("title"), "form", text))
	values, ok := answer.(*value.Object)
	if err == nil && !ok {
		err = engine.ErrCanceled
	}
	return values, err
}

// windows shows what needs no plugin: data of the built-in types.
type windows struct{ server *Server }

var _ engine.Windows = windows{}

func (w windows) Create(ctx context.Context, _ *engine.Plugin, window *value.Object) (value.Value, error) {
	c, err := w.server.current(ctx)
	if err != nil {
		return nil, err
	}
	what, err := encode(window)
	if err != nil {
		return nil, err
	}
	if _, err := c.control.call(ctx, "show", what); err != nil {
		return nil, err
	}
	return value.NewObject("config", value.NewObject("name", window.Text("name"), "type", window.Text("type"))), nil
}

func (windows) Find(context.Context, *engine.Plugin, *value.Object) (value.Value, error) {
	return nil, nil
}

type files struct{ server *Server }

var _ engine.Files = files{}

// Export hands a file to the browser, which saves it as it saves all downloads.
func (f files) Export(ctx context.Context, name string, data []byte) error {
	c, err := f.server.current(ctx)
	if err != nil {
		return err
	}
	what, err := encode(value.NewObject("name", name, "data", data))
	if err == nil {
		_, err = c.control.call(ctx, "save", what)
	}
	return err
}

// Choose asks for files of this person's; the page hands their content over.
func (f files) Choose(ctx context.Context, dialog *value.Object) ([]*value.File, error) {
	what := value.NewObject("title", dialog.Text("title"), "type", dialog.Text("type"), "mode", dialog.Text("mode"))
	answer, err := f.server.ask(ctx, "files", what)
	list, _ := answer.([]any)
	if err == nil && list == nil {
		err = engine.ErrCanceled
	}
	var out []*value.File
	for _, item := range list {
		if file, ok := item.(*value.File); ok {
			out = append(out, file)
		}
	}
	return out, err
}

// OpenURL asks before anything is opened by a plugin's word.
func (f files) OpenURL(ctx context.Context, address string) error {
	_, err := f.server.ask(ctx, "link", value.NewObject("address", address))
	return err
}

// journal tells all pages what plugins say.
type journal struct{ server *Server }

func (j journal) Write(r engine.Record) {
	j.server.broadcast("event", map[string]any{"event": EventOf(r)})
}

// EventOf is a record as a page shows it.
func EventOf(r engine.Record) Event {
	return Event{Kind: string(r.Kind), Level: string(r.Level), Plugin: r.Plugin, Text: r.Text, Progress: r.Progress, Seconds: r.Seconds}
}

// FormJSON is a form as the page draws it: pieces of markup and fields, in order.
func FormJSON(f *form.Form) []byte {
	type option struct {
		Label string `json:"label"`
		Value any    `json:"value"`
	}
	type field struct {
		ID          string   `json:"id"`
		Key         string   `json:"key"`
		Type        string   `json:"type"`
		Label       string   `json:"label"`
		After       string   `json:"after,omitempty"`
		Description string   `json:"description,omitempty"`
		Required    bool     `json:"required,omitempty"`
		Default     any      `json:"default"`
		Options     []option `json:"options,omitempty"`
		Min         *float64 `json:"min,omitempty"`
		Max         *float64 `json:"max,omitempty"`
		Step        *float64 `json:"step,omitempty"`
		Prefix      string   `json:"prefix,omitempty"`
		Suffix      string   `json:"suffix,omitempty"`
	}
	out := []field{}
	if f != nil {
		for _, x := range f.Fields {
			y := field{
				ID: x.ID, Key: x.DataID, Type: x.Type, Label: x.Label, After: x.After, Description: x.Description, Required: x.Required,
				Default: x.Default, Min: x.Min, Max: x.Max, Step: x.Step, Prefix: x.Prefix, Suffix: x.Suffix,
			}
			for _, o := range x.Options {
				y.Options = append(y.Options, option{o.Label, o.Value})
			}
			out = append(out, y)
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // plain values of a config
	}
	return text
}

// hear takes what the page says without wanting an answer.
func (c *control) hear(m *message, _ [][]byte) {
	switch m.Method {
	case "use":
		c.client.server.use(c.client)
	case "ready":
		s := c.client.server
		s.readyOnce.Do(func() { close(s.ready) })
	case "plugin.started":
		c.started(m.first())
	case "plugin.output":
		c.printed(m.first())
	case "plugin.closed":
		var what struct {
			Channel uint32 `json:"channel"`
		}
		if json.Unmarshal(m.first(), &what) != nil {
			return
		}
		c.client.mu.Lock()
		ch := c.client.channels[what.Channel]
		c.client.mu.Unlock()
		if ch != nil {
			ch.drop(errWindowClosed)
		}
	}
}

var errWindowClosed = errors.New("its window was closed")
