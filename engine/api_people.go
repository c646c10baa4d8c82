package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/imjoy-tools/imjoy/engine/internal/jsvm"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// message reads "text or {content, title}".
func message(v value.Value) Message {
	o := object(v, "content")
	return Message{Title: o.Text("title"), Text: text(o.Get("content"))}
}

func text(v value.Value) string {
	if v == nil {
		return ""
	}
	return jsvm.Show(v)
}

const dialogs = "somebody to ask; run the plugin on a terminal or with `imjoy serve`"

func apiAlert(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	m := message(argument(args, 0))
	if d := p.options.Host.Dialogs; d != nil {
		return nil, d.Alert(ctx, m)
	}
	p.log(Record{Kind: KindMessage, Level: Warning, Text: m.Text})
	return nil, nil
}

func apiPrompt(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	d := p.options.Host.Dialogs
	if d == nil {
		return nil, notHere("prompt", dialogs)
	}
	o := object(argument(args, 0), "content")
	suggestion := text(o.Get("placeholder"))
	if given := argument(args, 1); given != nil {
		suggestion = text(given)
	}
	answer, err := d.Prompt(ctx, message(o), suggestion)
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func apiConfirm(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	d := p.options.Host.Dialogs
	if d == nil {
		return false, nil
	}
	return d.Confirm(ctx, message(argument(args, 0)))
}

func apiShowDialog(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	dialog := object(argument(args, 0), "ui")
	if kind := dialog.Text("type"); kind != "" && kind != "imjoy/joy" && dialog.Get("ui") == nil {
		return apiCreateWindow(ctx, p, args)
	}
	d := p.options.Host.Dialogs
	if d == nil {
		return nil, notHere("showDialog", dialogs)
	}
	values, err := d.Form(ctx, dialog)
	if err != nil {
		return nil, err
	}
	return values, nil
}

const windows = "a browser; run the plugin with `imjoy serve`"

func apiCreateWindow(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if w := p.options.Host.Windows; w != nil {
		return w.Create(ctx, p, object(argument(args, 0), "type"))
	}
	return nil, notHere("createWindow", windows)
}

func apiGetWindow(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if w := p.options.Host.Windows; w != nil {
		return w.Find(ctx, p, object(argument(args, 0), "name"))
	}
	return nil, notHere("getWindow", windows)
}

// apiLog writes any number of values; an object like {type: "image", value: ...}
// is passed on as it is.
func apiLog(l Level) func(context.Context, *Plugin, []value.Value) (value.Value, error) {
	return func(_ context.Context, p *Plugin, args []value.Value) (value.Value, error) {
		r := Record{Kind: KindLog, Level: l}
		for i, arg := range args {
			if i > 0 {
				r.Text += " "
			}
			r.Text += text(arg)
		}
		if len(args) == 1 {
			if _, isText := args[0].(string); !isText {
				r.Value = args[0]
			}
		}
		p.log(r)
		return nil, nil
	}
}

func apiShowMessage(_ context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	seconds, _ := argument(args, 1).(float64)
	p.log(Record{Kind: KindMessage, Level: Info, Text: message(argument(args, 0)).Text, Seconds: seconds})
	return nil, nil
}

func apiShowStatus(_ context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	p.log(Record{Kind: KindStatus, Level: Info, Text: message(argument(args, 0)).Text})
	return nil, nil
}

// apiProgress takes 0 to 100, or a fraction below 1: 1 means one percent.
func apiProgress(_ context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	n, ok := argument(args, 0).(float64)
	if !ok || math.IsNaN(n) {
		return nil, &value.Error{Name: "TypeError", Message: fmt.Sprintf("progress is a number from 0 to 100, not %s", text(argument(args, 0)))}
	}
	if n >= 1 {
		n /= 100
	}
	p.log(Record{Kind: KindProgress, Level: Info, Progress: min(max(n, 0), 1)})
	return nil, nil
}
