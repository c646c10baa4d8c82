package repository

import (
	"reflect"

	"github.com/imjoy-tools/imjoy/repository/store"
)

// keepOne stores the bytes of one plugin and stages its record.
func (r *Repository) keepOne(change *store.Change, c *Closure, each Change, o Options) error {
	p := each.Plugin
	if p.Record != nil { // it is in the store; only its bytes must stay for our pins
		return put(change, p)
	}
	record := r.record(c, each)
	if o.upgrade && each.Before != nil {
		record.Requested = each.Before.Requested
	}
	if each.Before != nil && reflect.DeepEqual(each.Before, record) {
		_, err := r.c.Store.Blob(record.SHA256)
		if err == nil {
			return nil
		}
	}
	if err := put(change, p); err != nil {
		return err
	}
	return change.Save(record)
}

// put stores all bytes of a plugin. They may have been there and be swept since.
func put(change *store.Change, p *Plugin) error {
	if _, err := change.Put(p.Text); err != nil {
		return err
	}
	for _, asset := range p.Assets {
		if _, err := change.Put(asset.Text); err != nil {
			return err
		}
	}
	return nil
}

// record describes a plugin as it is about to be installed.
func (r *Repository) record(c *Closure, each Change) *store.Record {
	p, before := each.Plugin, each.Before
	record := &store.Record{Name: p.Name, Origin: p.Origin, Requested: p == c.Root, Version: store.Version{
		Address: p.Address.String(), Commit: p.Commit, URL: p.URL, Size: int64(len(p.Text)), SHA256: p.SHA256, Tag: p.Tag(),
		Type: p.Plan.Type, Number: p.Plan.Version, Description: brief(p.Plan.Description),
		Dependencies: c.pins(p), Permissions: words(p), Assets: assetsOf(p), Environment: p.Environment, Installed: r.c.Now().UTC(),
	}}
	if before == nil || !r.sameOrigin(before.Origin, p.Origin) {
		return record
	}
	record.Requested = record.Requested || before.Requested
	record.Previous, record.Older = before.Previous, before.Older
	if before.Version.Same(&record.Version) {
		record.Installed = before.Installed
	} else {
		record.KeepBefore(append([]store.Version{before.Version}, before.Before()...))
	}
	return record
}

// pins returns everything below a plugin, each before what needs it.
func (c *Closure) pins(p *Plugin) (list []store.Pin) {
	below := map[string]bool{}
	var mark func(*Plugin)
	mark = func(p *Plugin) {
		for _, name := range p.Needs {
			if !below[name] {
				below[name] = true
				mark(c.Find(name))
			}
		}
	}
	mark(p)
	for _, q := range c.Plugins {
		if below[q.Name] {
			list = append(list, store.Pin{
				Name: q.Name, Origin: q.Origin, SHA256: q.SHA256, Tag: q.Tag(), Wanted: q.wanted,
				Address: q.Address.String(), Commit: q.Commit, URL: q.URL, Permissions: words(q),
				Assets: assetsOf(q), Environment: q.Environment,
			})
		}
	}
	return list
}

// brief keeps the first part of a description for lists.
func brief(text string) string {
	const most = 300
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
