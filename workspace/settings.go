package workspace

import (
	"context"
	"maps"
	"sync"
)

// Settings keeps what plugins store with api.setConfig, by plugin name. A workspace
// calls it for one plugin at a time.
type Settings interface {
	Load(plugin string) (map[string]string, error)
	Save(plugin string, values map[string]string) error
}

// settings are those of one plugin.
type settings struct {
	all    Settings
	plugin string
}

// settingsMu orders changes: a setting is read, changed and written as one.
var settingsMu sync.Mutex

func (s settings) Setting(_ context.Context, name string) (text string, ok bool, err error) {
	settingsMu.Lock()
	defer settingsMu.Unlock()
	values, err := s.all.Load(s.plugin)
	text, ok = values[name]
	return text, ok, err
}

func (s settings) SetSetting(_ context.Context, name string, text *string) error {
	settingsMu.Lock()
	defer settingsMu.Unlock()
	old, err := s.all.Load(s.plugin)
	if err != nil {
		return err
	}
	values := maps.Clone(old)
	if values == nil {
		values = map[string]string{}
	}
	if text == nil {
		delete(values, name)
	} else {
		values[name] = *text
	}
	return s.all.Save(s.plugin, values)
}

// memory keeps settings as long as the workspace lives.
type memory struct{ values map[string]map[string]string }

func (m *memory) Load(plugin string) (map[string]string, error) { return m.values[plugin], nil }

func (m *memory) Save(plugin string, values map[string]string) error {
	if m.values == nil {
		m.values = map[string]map[string]string{}
	}
	m.values[plugin] = values
	return nil
}
