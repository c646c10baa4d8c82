package repository

import (
	"context"
	"errors"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// installed is the scope of what this machine has.
type installed struct{ r *Repository }

func (i installed) String() string { return "the installed plugins" }

func (i installed) find(_ context.Context, name string) (*location, error) {
	return i.r.installed(name)
}

// installed locates the plugin in use under a name.
func (r *Repository) installed(name string) (*location, error) {
	record, text, err := r.c.Store.Load(name)
	var missing *store.NotInstalledError
	if errors.As(err, &missing) {
		return nil, &NotFoundError{Name: name, Looked: []string{installed{r}.String()}, Suggestion: r.nearest(name)}
	}
	if err != nil {
		return nil, err
	}
	return fromStore(record, text), nil
}

// nearest returns an installed name that was perhaps meant.
func (r *Repository) nearest(name string) string {
	records, _, _ := r.c.Store.Records()
	names := make([]string, len(records))
	for i, record := range records {
		names[i] = record.Name
	}
	return source.Nearest(name, names)
}

func fromStore(record *store.Record, text []byte) *location {
	l := &location{name: record.Name, commit: record.Commit, url: record.URL, text: text, record: record, pins: record.Dependencies}
	if a, err := address.Parse(record.Address); err == nil {
		l.address = a
	}
	return l
}

// pinned locates a dependency at the content that an installed plugin was
// installed with, whatever is in use under its name now. pins are those of that
// plugin: they hold for what the dependency needs in turn.
func (r *Repository) pinned(pin store.Pin, pins []store.Pin) (*location, error) {
	text, err := r.c.Store.Blob(pin.SHA256)
	if err != nil {
		return nil, err
	}
	record := &store.Record{Name: pin.Name, Version: store.Version{SHA256: pin.SHA256, Size: int64(len(text))}}
	if now, err := r.c.Store.Record(pin.Name); err == nil && now.SHA256 == pin.SHA256 {
		record = now
	}
	record.Origin, record.Tag = pin.Origin, pin.Tag
	l := fromStore(record, text)
	l.pins = pins
	return l, nil
}
