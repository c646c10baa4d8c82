package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// App is what the page can ask the program for. Everything it answers is shown to the
// person at the page; errors are sentences. All methods may be called at once.
type App interface {
	// Plugins lists what can be run.
	Plugins(ctx context.Context) ([]Plugin, error)
	// Run runs a plugin. tell gets what happens meanwhile.
	Run(ctx context.Context, job Job, tell func(Event)) (Result, error)
	// Ask answers what else the page wants to know, by a word; the answer is what JSON
	// can hold, or a *value.Object.
	Ask(ctx context.Context, what string, about json.RawMessage) (any, error)
}

// Plugin is one line of the list.
type Plugin struct {
	ID          string          `json:"id"` // names it in a Job
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Version     string          `json:"version,omitempty"`
	Description string          `json:"description,omitempty"`
	Icon        string          `json:"icon,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Labels      []string        `json:"labels,omitempty"`
	Flags       []string        `json:"flags,omitempty"`
	From        string          `json:"from"` // where it lies, for people
	Hash        string          `json:"hash"` // SHA-256 of its document
	Runnable    bool            `json:"runnable"`
	Form        json.RawMessage `json:"form,omitempty"`   // fields and markup
	Inputs      json.RawMessage `json:"inputs,omitempty"` // what its data is like
	Data        json.RawMessage `json:"data,omitempty"`   // fields of the data, where it is an object
	Fault       string          `json:"fault,omitempty"`  // why it cannot run
	Steps       []Step          `json:"steps,omitempty"`  // of a workflow
}

// Step is one plugin of a workflow.
type Step struct {
	ID   string `json:"id"`
	Name string `json:"name"` // of the plugin, or its address
	Op   string `json:"op,omitempty"`
}

// Operator is something that a plugin does beside its run.
type Operator struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Form        json.RawMessage `json:"form,omitempty"`
	Inputs      json.RawMessage `json:"inputs,omitempty"`
	Data        json.RawMessage `json:"data,omitempty"`
}

// Job is a run that the page asks for.
type Job struct {
	Plugin string        `json:"plugin"`
	Tag    string        `json:"tag"`
	Method string        `json:"method,omitempty"`
	Op     string        `json:"op,omitempty"`     // one of its ops, instead of run
	Resume int64         `json:"resume,omitempty"` // a run of this workflow that failed, to go on with
	Config *value.Object `json:"-"`
	Data   value.Value   `json:"-"`
}

// Event is something that happens while a job runs, or at any time.
type Event struct {
	Kind     string  `json:"kind"`  // as engine.Kind
	Level    string  `json:"level"` // as engine.Level
	Plugin   string  `json:"plugin"`
	Text     string  `json:"text,omitempty"`
	Progress float64 `json:"progress,omitempty"`
	Seconds  float64 `json:"seconds,omitempty"`
	// Answer is what a step of a workflow answered, while the others still run.
	Answer *StepResult `json:"-"`
}

// Result is what a job answers.
type Result struct {
	Value   value.Value
	Command string   // repeats it
	Notes   []string // what people should know: outputs that do not fit, files saved
	Kept    int64    // names the run in the history; 0 when it is not kept
}

// StepResult is what one step of a workflow answered.
type StepResult struct {
	ID, Name     string
	Value        value.Value
	Milliseconds int64
	Reused       bool  // it is the answer of the run before
	Resume       int64 // what a [Job] names to go on from here if a later step fails
}

// object is a result as the page reads it.
func (r Result) object() *value.Object {
	o := value.NewObject("value", r.Value, "notes", r.Notes, "command", r.Command)
	if r.Kept != 0 {
		o.Set("kept", float64(r.Kept))
	}
	return o
}

// object is the answer of a step as the page reads it.
func (r *StepResult) object(job string) *value.Object {
	return value.NewObject("job", job, "resume", float64(r.Resume), "step", value.NewObject(
		"id", r.ID, "name", r.Name, "milliseconds", float64(r.Milliseconds), "reused", r.Reused, "value", r.Value))
}

// answer serves the calls of a page.
func (c *control) answer(ctx context.Context, m *message, buffers [][]byte) (encoded, error) {
	app := c.client.server.options.App
	if app == nil {
		return encoded{}, fmt.Errorf("this page has nothing but its windows")
	}
	switch m.Method {
	case "plugins":
		list, err := app.Plugins(ctx)
		if err != nil {
			return encoded{}, err
		}
		return plain(list), nil
	case "run":
		return c.run(ctx, app, m.first(), encoded{buffers: buffers})
	case "ask":
		var q struct {
			What  string          `json:"what"`
			About json.RawMessage `json:"about"`
		}
		if err := json.Unmarshal(m.first(), &q); err != nil {
			return encoded{}, err
		}
		answer, err := app.Ask(ctx, q.What, q.About)
		if err != nil {
			return encoded{}, err
		}
		if v, ok := answer.(*value.Object); ok {
			return encode(v)
		}
		return plain(answer), nil
	case "assets":
		return c.assets(ctx, m.first())
	}
	return encoded{}, fmt.Errorf("the host has no %q", m.Method)
}

func (c *control) run(ctx context.Context, app App, what json.RawMessage, in encoded) (encoded, error) {
	var order struct {
		Job
		ID     string          `json:"id"`
		Config json.RawMessage `json:"config"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(what, &order); err != nil {
		return encoded{}, err
	}
	config, err := in.decode(order.Config)
	if err != nil {
		return encoded{}, err
	}
	order.Job.Config, _ = config.(*value.Object)
	if order.Job.Data, err = in.decode(order.Data); err != nil {
		return encoded{}, err
	}
	result, err := app.Run(ctx, order.Job, func(e Event) {
		if e.Answer != nil {
			c.tellAnswer(order.ID, *e.Answer)
			return
		}
		c.notify("event", map[string]any{"job": order.ID, "event": e})
	})
	if err != nil {
		return encoded{}, err
	}
	return encode(result.object())
}

// tellAnswer gives the page what a step of a workflow answered; of one that no page can
// hold there is only that it did.
func (c *control) tellAnswer(job string, answer StepResult) {
	what, err := encode(answer.object(job))
	if err != nil {
		answer.Value = nil
		if what, err = encode(answer.object(job)); err != nil {
			return
		}
	}
	c.say("answer", what)
}

// assets says which of the addresses that a plugin loads cannot be had, and why. What
// can be had is on this machine afterwards.
func (c *control) assets(ctx context.Context, what json.RawMessage) (encoded, error) {
	var q struct {
		Channel   uint32   `json:"channel"`
		Addresses []string `json:"addresses"`
	}
	if err := json.Unmarshal(what, &q); err != nil {
		return encoded{}, err
	}
	s := c.client.server
	c.client.mu.Lock()
	ch := c.client.channels[q.Channel]
	c.client.mu.Unlock()
	if ch == nil {
		return encoded{}, errPageClosed
	}
	f := s.frames.get(ch.key)
	missing := []map[string]string{}
	for _, address := range q.Addresses {
		err := errNoAssets
		if f != nil {
			_, _, err = s.asset(ctx, f.plan, address)
		}
		if err != nil {
			missing = append(missing, map[string]string{"address": address, "why": err.Error()})
		}
	}
	return plain(missing), nil
}
