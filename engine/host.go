package engine

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Host is what a plugin can reach through api. A nil field means "not available
// here": calls that need it are rejected with a sentence. All methods may be called
// from several goroutines; a context ends with the plugin.
type Host struct {
	Plugins     Plugins     // getPlugin, loadPlugin, run, call
	Installer   Installer   // installPlugin, uninstallPlugin
	Permissions Permissions // asked where Options.Granted is not enough; nil: refused
	Dialogs     Dialogs     // alert, prompt, confirm, showDialog
	Windows     Windows     // createWindow, getWindow
	Settings    Settings    // getConfig, setConfig
	Services    Services    // registerService, getServices, ...
	Events      Events      // on, off, emit
	Disk        Disk        // getFileManager
	Files       Files       // exportFile, utils.openUrl, showFileDialog
	Assets      Assets      // requirements and importScripts; also imports, if it is [Modules] too
	Network     Network     // fetch
	Log         Log         // log, error, console, showMessage, showStatus, progress; nil: thrown away
}

// Plugins finds other plugins.
type Plugins interface {
	// Plugin returns a running plugin and opens it when it is not. The plugin p, which
	// asks, waits meanwhile, and its time does not run. A plugin that each run opens
	// as a new window is a [WindowPlugin] error: it is opened with [Windows].
	Plugin(ctx context.Context, p *Plugin, want Wanted) (*Plugin, error)
}

// Wanted names a plugin that another asks for.
type Wanted struct {
	Name   string // its name or address; "" with Source
	Source string // the text of its document, when the plugin brings it itself
	Tag    string
}

// Installer makes plugins known to others by name, because a plugin asks for it. What
// it keeps, and for how long, is its own decision.
type Installer interface {
	// Install returns the plugin as it will be found, without opening it.
	Install(ctx context.Context, p *Plugin, want Wanted) (*tags.Plan, error)
	// Uninstall forgets one that a plugin installed.
	Uninstall(ctx context.Context, p *Plugin, name string) error
}

// Permissions decides about what a plugin was not granted, such as by asking people.
type Permissions interface {
	// Ask returns nil when the plugin may do it, now and until it ends; any error is
	// a refusal.
	Ask(ctx context.Context, p *Plugin, want permission.Permission) error
}

// Message is text for people.
type Message struct {
	Title string
	Text  string
}

// Dialogs ask people. An error that says that nobody can be asked rejects the
// plugin's call.
type Dialogs interface {
	Alert(ctx context.Context, m Message) error
	// Prompt asks for text; without an answer it fails with [ErrCanceled].
	Prompt(ctx context.Context, m Message, suggestion string) (string, error)
	Confirm(ctx context.Context, m Message) (bool, error)
	// Form shows a dialog with `ui` and returns its values by id; see the format's
	// showDialog. The object is as the plugin gave it.
	Form(ctx context.Context, dialog *value.Object) (*value.Object, error)
}

// Windows opens windows for plugins.
type Windows interface {
	// Create opens a window and returns its api: an [*value.Interface]. The object is
	// what createWindow was given; a plain text is its "type", or its "src".
	Create(ctx context.Context, p *Plugin, window *value.Object) (value.Value, error)
	// Find returns the api of an open window by "name", "type" or "window_id", nil when
	// there is none.
	Find(ctx context.Context, p *Plugin, window *value.Object) (value.Value, error)
}

// Settings keep one plugin's settings; the host knows which. Calls come in the
// order in which the plugin made them, and must not wait for a plugin.
type Settings interface {
	// Setting returns a setting; ok is false when there is none.
	Setting(ctx context.Context, name string) (text string, ok bool, err error)
	// SetSetting stores a setting; nil deletes it.
	SetSetting(ctx context.Context, name string, text *string) error
}

// Services are objects that plugins offer each other.
type Services interface {
	Register(ctx context.Context, p *Plugin, service value.Value) (id string, err error)
	// Unregister removes services of the plugin: by id or name, or those whose
	// members equal those of an object.
	Unregister(ctx context.Context, p *Plugin, service value.Value) error
	// Find returns the services whose members equal those of the query.
	Find(ctx context.Context, query *value.Object) ([]value.Value, error)
}

// Events carry messages between plugins and the program. Calls come in the order in
// which the plugin made them, and must not wait for a plugin: Emit does not wait for
// the handlers.
type Events interface {
	On(ctx context.Context, p *Plugin, event string, handler *value.Function) error
	// Off removes the plugin's handlers of an event; all of them, as functions have
	// no identity across a border.
	Off(ctx context.Context, p *Plugin, event string) error
	Emit(ctx context.Context, p *Plugin, event string, data value.Value) error
}

// Files takes what a plugin wants to give to people.
type Files interface {
	// Export saves data under a name that has no folder in it.
	Export(ctx context.Context, name string, data []byte) error
	// Choose answers showFileDialog with files.
	Choose(ctx context.Context, dialog *value.Object) ([]*value.File, error)
	// OpenURL shows an address to people.
	OpenURL(ctx context.Context, address string) error
}

// Assets provides what plugins load by address.
type Assets interface {
	Asset(ctx context.Context, address string) ([]byte, error)
}

// Log takes everything a plugin says. Records keep their order; Write must not wait
// for the plugin.
type Log interface{ Write(Record) }

// Record is one thing that a plugin said.
type Record struct {
	Plugin string
	ID     string // of the plugin, see Options.ID
	Kind   Kind
	Level  Level
	Text   string
	// Value is what api.log was given when it is more than text, nil otherwise.
	Value value.Value
	// Progress is between 0 and 1, for KindProgress.
	Progress float64
	// Seconds is how long a message should be shown; 0 when not said.
	Seconds float64
	// Err is the error of KindUnhandled.
	Err error
}

// Kind tells how something was said.
type Kind string

// The kinds: api.log and the console; print of Python; showMessage and
// showSnackbar; showStatus; progress; an error that nobody caught.
const (
	KindLog       Kind = "log"
	KindOutput    Kind = "output"
	KindMessage   Kind = "message"
	KindStatus    Kind = "status"
	KindProgress  Kind = "progress"
	KindUnhandled Kind = "unhandled"
)

// Level is how much a line of a log matters.
type Level string

// The levels.
const (
	Debug   Level = "debug"
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)
