package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Python is what a Python plugin in the page runs on: Pyodide, and packages.
type Python struct {
	// File returns a part of Pyodide by its name in the package of npm.
	File func(name string) ([]byte, error)
	// Wheels are packages, unpacked in this order before the plugin's scripts run.
	Wheels []Wheel
}

// Wheel is a package as a file, with the name that says what it fits.
type Wheel struct {
	Name string
	Data []byte
}

var errNoPython = errors.New("there is no Python for pages here")

func (s *Server) python(ctx context.Context, plan *tags.Plan) (*Python, error) {
	if s.options.Python == nil {
		return nil, errNoPython
	}
	return s.options.Python(ctx, plan)
}

// sendPython answers what lies below python/ of a frame: parts.json, wheels, and the
// files of Pyodide.
func (f *frame) sendPython(w http.ResponseWriter, r *http.Request, name string) {
	if name == "parts.json" {
		send(w, r, "application/json", f.pythonParts())
		return
	}
	for _, wheel := range f.python.Wheels {
		if wheel.Name == name {
			send(w, r, "application/zip", wheel.Data)
			return
		}
	}
	data, err := f.python.File(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	mediaType, ok := mediaTypes[path.Ext(name)]
	if !ok {
		mediaType = "application/octet-stream"
	}
	send(w, r, mediaType, data)
}

// pythonParts lists what the worker loads beside Pyodide: the shim, wheels by name, and
// scripts by their addresses below the frame.
func (f *frame) pythonParts() []byte {
	parts := struct {
		Modules [][2]string `json:"modules"`
		Wheels  []string    `json:"wheels"`
		Scripts []string    `json:"scripts"`
	}{engine.PythonModules(), []string{}, []string{}}
	for _, wheel := range f.python.Wheels {
		parts.Wheels = append(parts.Wheels, wheel.Name)
	}
	for _, u := range f.plan.Needs.URLs {
		if u.Kind == requirement.ClassicScript {
			parts.Scripts = append(parts.Scripts, "remote/"+strings.Replace(u.URL, "://", "/", 1))
		}
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings
	}
	return text
}

// output hands on what a plugin prints, in order, once somebody listens.
type output struct {
	mu      sync.Mutex
	take    func(level, text string)
	waiting [][2]string
}

// Output tells where the lines go that the plugin prints.
func (ch *channel) Output(take func(level, text string)) {
	ch.output.mu.Lock()
	defer ch.output.mu.Unlock()
	for _, line := range ch.output.waiting {
		take(line[0], line[1])
	}
	ch.output.take, ch.output.waiting = take, nil
}

// maxWaitingLines is how many lines are kept of a plugin that nobody listens to yet.
const maxWaitingLines = 1000

func (o *output) print(level, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.take != nil:
		o.take(level, text)
	case len(o.waiting) < maxWaitingLines:
		o.waiting = append(o.waiting, [2]string{level, text})
	}
}

// begin waits until Python has started in the page: seconds that are no work of the
// plugin's.
func (ch *channel) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, pythonTimeout, errSlowPython)
	defer cancel()
	select {
	case err := <-ch.begun:
		return err
	case <-ch.client.ctx.Done():
		return errPageClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

var errSlowPython = fmt.Errorf("python did not start in the page within %v", pythonTimeout)

// started takes the page's word that Python has started, or why not.
func (c *control) started(what json.RawMessage) {
	var said struct {
		Channel uint32 `json:"channel"`
		Error   string `json:"error"`
	}
	if json.Unmarshal(what, &said) != nil {
		return
	}
	ch := c.channel(said.Channel)
	if ch == nil {
		return
	}
	var err error
	if said.Error != "" {
		err = fmt.Errorf("python does not start in the page: %s", said.Error)
	}
	select {
	case ch.begun <- err:
	default: // it was said already
	}
}

func (c *control) channel(number uint32) *channel {
	c.client.mu.Lock()
	defer c.client.mu.Unlock()
	return c.client.channels[number]
}

// printed takes a line that a plugin in the page printed.
func (c *control) printed(what json.RawMessage) {
	var line struct {
		Channel uint32 `json:"channel"`
		Level   string `json:"level"`
		Text    string `json:"text"`
	}
	if json.Unmarshal(what, &line) != nil {
		return
	}
	if ch := c.channel(line.Channel); ch != nil {
		ch.output.print(line.Level, line.Text)
	}
}
