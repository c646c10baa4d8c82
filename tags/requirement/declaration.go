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
	Python   *Python   // nil when the plugin names no version
	EnvName  string    // as the author named the environment; environments are found by hash, never by it
	EnvFiles []EnvFile // conda environment files named by "conda env create -f"

	Channels []Channel // conda channels, highest priority first, each once
	Conda    []Package
	Pip      []Package
	Repos    []Clone
	URLs     []Script // for JavaScript runtimes, in loading order

	Variables []Variable
	GPU       *GPU
	Binder    *Binder
	Program   *Program  // the field cmd; nil when absent
	Commands  []Command // in order; each needs consent

	// Refused holds the items that could not be read, each with an error
	// diagnostic. An environment of such a declaration is not complete.
	Refused []Item
}

// Item is where a part of a declaration was written.
type Item struct {
	Text  string       // as written; may be a part of a longer string
	Place source.Place // of exactly that part
}

// Python is the version of Python a plugin asks for.
type Python struct {
	Item
	Constraint string // PEP 440: "==3.6.*", ">=3.8"
}

// EnvFile is a conda environment file, relative to the working folder.
type EnvFile struct {
	Item
	Path string
}

// Channel is a conda channel: a name, or an https URL.
type Channel struct {
	Item
	Name string
}

// Package is one package for pip or conda.
type Package struct {
	Item
	Name      string   // as written; see [Package.Key]
	Extras    []string // pip: names in brackets, sorted
	Specifier string   // pip: PEP 440, without spaces; conda: as conda writes it
	Build     string   // conda: the build string
	Channel   string   // conda: of "channel::name"
	Marker    string   // pip: the environment marker
	URL       string   // pip: https or git+https, without rev and fragment; the specifier is then empty
	Rev       string   // pip: of a git URL
	Subfolder string   // pip: of a git URL
	Hash      string   // pip: "sha256=..." of a URL's fragment
	Path      string   // pip: a folder of a cloned repository, relative
	Editable  bool     // pip: -e
	Options   []string // pip: of its string, from the allow-list: "--upgrade", "--pre", "--no-deps"
	Implied   bool     // nobody wrote it: the runtime always had it
}

// Clone is a repository to clone before the plugin starts.
type Clone struct {
	Item
	URL string // https
	Ref string // "" for the default branch
	Dir string // relative to the working folder, one clean local path
}

// Script is a file a JavaScript runtime loads before the plugin's own scripts.
type Script struct {
	Item
	Kind ScriptKind
	URL  string
}

// ScriptKind says how a runtime loads a [Script].
type ScriptKind string

// The kinds of scripts.
const (
	ClassicScript ScriptKind = "script"
	ModuleScript  ScriptKind = "module"
	StyleSheet    ScriptKind = "style"
	CacheOnly     ScriptKind = "cache" // fetched ahead, never run
)

// Variable is an environment variable of the plugin's process.
type Variable struct {
	Item
	Name, Value string
}

// GPU asks for graphics cards, as {"type": "gputil"} did.
type GPU struct {
	Item
	Options map[string]any // plain JSON: order, limit, maxLoad, maxMemory
}

// Binder describes a remote Jupyter server; only ImJoy's Jupyter engine reads it.
type Binder struct {
	Item
	Spec             string // "owner/repo/branch"
	Kernel           string
	SkipRequirements bool
}

// Program is how the plugin's process is started.
type Program struct {
	Item
	Words []string // the interpreter and its options: "python", "-u"
	// Plain reports that it is Python itself with harmless options; anything else
	// needs consent like a [Command].
	Plain bool
}

// Command is a program somebody must agree to run. Words go to the system as they
// are: no shell ever sees them.
type Command struct {
	Item
	Words []string
}
