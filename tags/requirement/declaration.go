// Package requirement reads what a plugin needs before it can run: the fields env,
// requirements and cmd of its config, for one chosen tag.
//
// Call [Parse]. It answers with a [Declaration], data that an installer can act on
// without a shell: a Python version, packages, repositories to clone, scripts to
// load, variables. ImJoy handed these strings to a shell; here they are read by a
// grammar, and what the grammar does not know is a diagnostic at the exact word.
// The few commands that remain are lists of words that need a person's consent.
//
// Nothing here installs, fetches or looks at the machine.
package requirement

import (
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Declaration is what one tag of a plugin needs. A Declaration is immutable.
type Declaration struct {
	Python   *Python   `json:"python,omitempty"`    // nil when the plugin names no version
	EnvName  string    `json:"env_name,omitempty"`  // as the author named the environment; environments are found by hash, never by it
	EnvFiles []EnvFile `json:"env_files,omitempty"` // conda environment files named by "conda env create -f"

	Channels []Channel `json:"channels,omitempty"` // conda channels, highest priority first, each once
	Conda    []Package `json:"conda,omitempty"`
	Pip      []Package `json:"pip,omitempty"`
	Repos    []Clone   `json:"repos,omitempty"`
	URLs     []Script  `json:"scripts,omitempty"` // for JavaScript runtimes, in loading order

	Variables []Variable `json:"variables,omitempty"`
	GPU       *GPU       `json:"gpu,omitempty"`
	Binder    *Binder    `json:"binder,omitempty"`
	Program   *Program   `json:"program,omitempty"`  // the field cmd; nil when absent
	Commands  []Command  `json:"commands,omitempty"` // in order; each needs consent

	// Refused holds the items that could not be read, each with an error
	// diagnostic. An environment of such a declaration is not complete.
	Refused []Item `json:"refused,omitempty"`
}

// Item is where a part of a declaration was written.
type Item struct {
	Text  string       `json:"text"` // as written; may be a part of a longer string
	Place source.Place `json:"-"`    // of exactly that part
}

// Python is the version of Python a plugin asks for.
type Python struct {
	Item
	Constraint string `json:"constraint"` // PEP 440: "==3.6.*", ">=3.8"
}

// EnvFile is a conda environment file, relative to the working folder.
type EnvFile struct {
	Item
	Path string `json:"path,omitempty"`
}

// Channel is a conda channel: a name, or an https URL.
type Channel struct {
	Item
	Name string `json:"name"`
}

// Package is one package for pip or conda.
type Package struct {
	Item
	Name      string   `json:"name,omitempty"`      // as written; see [Package.Key]
	Extras    []string `json:"extras,omitempty"`    // pip: names in brackets, sorted
	Specifier string   `json:"specifier,omitempty"` // pip: PEP 440, without spaces; conda: as conda writes it
	Build     string   `json:"build,omitempty"`     // conda: the build string
	Channel   string   `json:"channel,omitempty"`   // conda: of "channel::name"
	Marker    string   `json:"marker,omitempty"`    // pip: the environment marker
	URL       string   `json:"url,omitempty"`       // pip: https or git+https, without rev and fragment; the specifier is then empty
	Rev       string   `json:"rev,omitempty"`       // pip: of a git URL
	Subfolder string   `json:"subfolder,omitempty"` // pip: of a git URL
	Hash      string   `json:"hash,omitempty"`      // pip: "sha256=..." of a URL's fragment
	Path      string   `json:"path,omitempty"`      // pip: a folder of a cloned repository, relative
	Editable  bool     `json:"editable,omitempty"`  // pip: -e
	Options   []string `json:"options,omitempty"`   // pip: of its string, from the allow-list: "--upgrade", "--pre", "--no-deps"
	Implied   bool     `json:"implied,omitempty"`   // nobody wrote it: the runtime always had it
}

// Clone is a repository to clone before the plugin starts.
type Clone struct {
	Item
	URL string `json:"url"`           // https
	Ref string `json:"ref,omitempty"` // "" for the default branch
	Dir string `json:"dir"`           // relative to the working folder, one clean local path
}

// Script is a file a JavaScript runtime loads before the plugin's own scripts.
type Script struct {
	Item
	Kind ScriptKind `json:"kind"`
	URL  string     `json:"url"`
}

// ScriptKind says how a runtime loads a [Script].
type ScriptKind string

// The kinds of scripts.
const (
	ClassicScript ScriptKind = "script"
	ModuleScript  ScriptKind = "module"
	StyleSheet    ScriptKind = "style"
	CacheOnly     ScriptKind = "cache" // fetched ahead, never run
	// NPMPackage is what a bare name means in imports; its URL is "npm:NAME@VERSION".
	NPMPackage ScriptKind = "package"
)

// Variable is an environment variable of the plugin's process.
type Variable struct {
	Item
	Name  string `json:"name"`
	Value string `json:"value"`
}

// GPU asks for graphics cards, as {"type": "gputil"} did.
type GPU struct {
	Item
	Options map[string]any `json:"options,omitempty"` // plain JSON: order, limit, maxLoad, maxMemory
}

// Binder describes a remote Jupyter server; only ImJoy's Jupyter engine reads it.
type Binder struct {
	Item
	Spec             string `json:"spec,omitempty"` // "owner/repo/branch"
	Kernel           string `json:"kernel,omitempty"`
	SkipRequirements bool   `json:"skip_requirements,omitempty"`
}

// Program is how the plugin's process is started.
type Program struct {
	Item
	Words []string `json:"words"` // the interpreter and its options: "python", "-u"
	// Plain reports that it is Python itself with harmless options; anything else
	// needs consent like a [Command].
	Plain bool `json:"plain"`
}

// Command is a program somebody must agree to run. Words go to the system as they
// are: no shell ever sees them.
type Command struct {
	Item
	Words []string `json:"words"`
}
