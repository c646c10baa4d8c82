package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/internal/terminal"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// permissionFlags are the flags of every command that runs plugins: --allow-KIND,
// --allow-KIND=VALUE,... and --deny-KIND, as in Deno.
type permissionFlags struct {
	words    []*permissionWords
	all      bool
	noPrompt bool
}

// permissionKinds are the kinds with flags, with what their values are called and what
// granting them allows.
var permissionKinds = []struct {
	kind      permission.Kind
	value     string // "" for kinds without
	granting  string
	withholds string
}{
	{permission.Net, "HOST[:PORT]", "let plugins connect to hosts (all, but for this machine and its network, without one)", "keep plugins from hosts"},
	{permission.Read, "PATH", "let plugins read files below a path", "keep plugins from reading below a path"},
	{permission.Write, "PATH", "let plugins write files below a path", "keep plugins from writing below a path"},
	{permission.Run, "PROGRAM", "let plugins start programs", "keep plugins from starting programs"},
	{permission.Env, "NAME", "let plugins read variables of the environment", "keep plugins from variables of the environment"},
	{permission.Python, "", "let Python plugins from elsewhere run", "run no Python"},
	{permission.Build, "", "let Python packages run code while they are installed", "let no package run code while it is installed"},
	{permission.Camera, "", "let windows use the camera", "keep windows from the camera"},
	{permission.Microphone, "", "let windows use the microphone", "keep windows from the microphone"},
	{permission.Geolocation, "", "let windows know where this computer is", "keep windows from knowing where this computer is"},
	{permission.MIDI, "", "let windows use MIDI devices", "keep windows from MIDI devices"},
	{permission.EncryptedMedia, "", "let windows play protected media", "keep windows from protected media"},
	{permission.FullScreen, "", "let windows fill the whole screen", "keep windows from filling the screen"},
	{permission.PaymentRequest, "", "let windows ask for payments", "keep windows from asking for payments"},
}

// rarelyGranted are kinds whose flags are not listed.
var rarelyGranted = []permission.Kind{permission.MIDI, permission.EncryptedMedia, permission.FullScreen, permission.PaymentRequest}

func (f *permissionFlags) add(flags *pflag.FlagSet) {
	for _, k := range permissionKinds {
		for _, deny := range []bool{false, true} {
			w := &permissionWords{kind: k.kind, value: k.value, deny: deny}
			f.words = append(f.words, w)
			name, usage := "allow-"+string(k.kind), k.granting
			if deny {
				name, usage = "deny-"+string(k.kind), k.withholds
			}
			flags.Var(w, name, usage)
			flags.Lookup(name).NoOptDefVal = everything
			// --deny is told in the help text, and of the abilities of browsers there the
			// three that plugins ask for.
			flags.Lookup(name).Hidden = deny || slices.Contains(rarelyGranted, k.kind)
		}
	}
	flags.BoolVar(&f.all, "allow-all", false, "let plugins do everything; for your own only")
	flags.BoolVar(&f.noPrompt, "no-prompt", false, "ask nobody: refuse what was not allowed")
}

// everything is the value of a flag that was given without one.
const everything = "*"

// permissionWords is one flag.
type permissionWords struct {
	kind  permission.Kind
	value string // what a value is called; "" for a flag that takes none
	deny  bool
	list  []permission.Permission
}

var _ pflag.Value = (*permissionWords)(nil)

func (w *permissionWords) Type() string { return w.value }

func (w *permissionWords) String() string {
	if len(w.list) == 0 {
		return "false"
	}
	words := make([]string, len(w.list))
	for i, p := range w.list {
		words[i] = p.String()
	}
	return strings.Join(words, ",")
}

func (w *permissionWords) Set(text string) error {
	switch {
	case text == "false":
		w.list = nil
		return nil
	case w.value == "" && text != everything && text != "true":
		return errors.New("it takes no value")
	case text == everything, w.value == "":
		w.list = append(w.list, permission.Permission{Kind: w.kind})
		return nil
	}
	for _, word := range strings.Split(text, ",") {
		p, err := permission.Parse(string(w.kind) + ":" + strings.TrimSpace(word))
		if err != nil {
			return err
		}
		w.list = append(w.list, p)
	}
	return nil
}

// standsAlone is a flag that was given without a value and could have one; "" for none.
func (f *permissionFlags) standsAlone() string {
	for _, w := range f.words {
		if w.value != "" && !w.deny && slices.ContainsFunc(w.list, func(p permission.Permission) bool { return p.Value == "" }) {
			return "--allow-" + string(w.kind)
		}
	}
	return ""
}

// noteFolders says so when --allow-read or --allow-write opens everything, and a folder
// among the words looks as if it was meant to be the only one.
func (f *permissionFlags) noteFolders(a *app.App, words []string) {
	flag := f.standsAlone()
	if flag != "--allow-read" && flag != "--allow-write" {
		return
	}
	for _, word := range words {
		if info, err := os.Stat(absolute(a, word)); err == nil && info.IsDir() {
			fmt.Fprintf(a.Stderr, "imjoy: %s opens everything; to open %s alone, write %[1]s=%[2]s\n", flag, findings.Clean(word))
		}
	}
}

// hosts are the values of --allow-net, for fetching plugins themselves.
func (f *permissionFlags) hosts() (list []string) {
	for _, w := range f.words {
		if w.kind != permission.Net || w.deny {
			continue
		}
		for _, p := range w.list {
			if p.Value != "" {
				list = append(list, p.Value)
			}
		}
	}
	return list
}

// set is what the flags grant and deny.
func (f *permissionFlags) set() permission.Set {
	var allowed, denied []permission.Permission
	for _, w := range f.words {
		if w.deny {
			denied = append(denied, w.list...)
		} else {
			allowed = append(allowed, w.list...)
		}
	}
	s := permission.NewSet(allowed...)
	if f.all {
		s = permission.All()
	}
	return s.Deny(denied...)
}

// options are the flags as a session reads them. ask is false when standard input is
// data.
func (f *permissionFlags) options(a *app.App, t *terminal.Terminal, ask bool) app.PermissionOptions {
	o := app.PermissionOptions{Granted: a.AbsolutePaths(f.set())}
	if f.all {
		fmt.Fprintln(a.Stderr, "imjoy: --allow-all: plugins may do everything that you may")
	}
	if ask && !f.noPrompt && canAsk(a) {
		o.Ask = func(ctx context.Context, q app.PermissionQuestion) (app.PermissionAnswer, error) {
			return askPermission(ctx, t, q)
		}
	}
	return o
}

// permissionAnswers are what a person can say; the first is taken for an empty line.
var permissionAnswers = []string{"no", "once", "always", "never"}

// askPermission asks one question: who exactly wants to do what.
func askPermission(ctx context.Context, t *terminal.Terminal, q app.PermissionQuestion) (app.PermissionAnswer, error) {
	text := fmt.Sprintf("it wants to %s. Allow it? %s", q.Want.Describe(), flagText(q.Want))
	if q.Want.Kind == permission.Python {
		text = "it is a Python plugin from elsewhere. Run it? " + flagText(q.Want)
	}
	word, err := t.Choose(ctx, engine.Message{Title: fmt.Sprintf("plugin %q (sha256 %.12s)", q.Plugin, q.SHA256), Text: text}, permissionAnswers, map[string]string{"y": "once", "yes": "once", "n": "no"})
	if err != nil {
		return app.No, err
	}
	return app.PermissionAnswer(slices.Index(permissionAnswers, word)), nil
}

func flagText(p permission.Permission) string {
	if flag := p.Flag(); flag != "" {
		return "(" + flag + ")"
	}
	return ""
}
