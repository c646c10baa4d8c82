package repository

import (
	"context"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// Closure is a plugin with everything it depends on. Each has a plan, and no two
// have the same name.
type Closure struct {
	Root    *Plugin
	Plugins []*Plugin // dependencies before those that need them; Root is the last
}

// Find returns the plugin of a name, nil when the closure has none.
func (c *Closure) Find(name string) *Plugin {
	for _, p := range c.Plugins {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// ResolveOptions choose among what an address leads to.
type ResolveOptions struct {
	// Tag is the tag a person asked for besides the address; "" is none.
	Tag string
	// PreferInstalled takes dependencies from the store when the store has them
	// from the same origin, without asking whether there is a newer one.
	PreferInstalled bool
	// ChooseTag and ChooseAgain are as in [Options].
	ChooseTag   func(context.Context, *Plugin) (tag, why string, err error)
	ChooseAgain bool
	// Lock is the lock of the project. What it lists is taken as it says.
	Lock *Lock
	// fromDefault looks a bare name up in the known repositories instead of the store.
	fromDefault bool
}

// Resolve gets a plugin and its dependencies, without installing anything. A bare
// name is an installed plugin, whose dependencies are those it was installed with.
func (r *Repository) Resolve(ctx context.Context, a address.Address, o ResolveOptions) (*Closure, error) {
	tag, err := oneTag(a, o.Tag)
	if err != nil {
		return nil, err
	}
	if o.Lock == nil {
		o.Lock = r.c.Lock
	}
	walk := &walk{r: r, o: o, done: map[string]*Plugin{}}
	l, err := walk.root(ctx, a)
	if err != nil {
		return nil, err
	}
	walk.choose = o.ChooseTag
	root, err := walk.visit(ctx, l, tag, nil)
	if err != nil {
		return nil, err
	}
	return &Closure{Root: root, Plugins: walk.order}, nil
}

// start locates the root.
func (r *Repository) start(ctx context.Context, a address.Address, o ResolveOptions) (*location, error) {
	if a.Kind == address.Name && o.fromDefault {
		return r.fromKnown(ctx, a.Name)
	}
	return r.locate(ctx, a, nil)
}

// oneTag joins the tag of an address with one that was asked for beside it.
func oneTag(a address.Address, flag string) (string, error) {
	if flag != "" && a.Tag != "" && flag != a.Tag {
		return "", &TagError{Name: a.WithTag("").String(), Flag: flag, Other: a.Tag, Where: "in the address"}
	}
	if flag == "" {
		flag = a.Tag
	}
	return flag, nil
}
