package workspace

import (
	"context"
	"maps"
)

// Settings keeps what plugins store with api.setConfig, by plugin name. A workspace
// calls it for one plugin at a time.
type Settings interface {
	Load(plugin string) (map[string]string, error)
	Save(plugin string, values map[string]string) error
}

// settings are those of one plugin. A setting is read, changed and written as one:
// the workspace lets one plugin at a time.
type settings struct {
	workspace *Workspace
	plugin    string
}

func (s *settings) Setting(_ context.Context, name string) (text string, ok bool, err error) {
	s.workspace.settings.Lock()
	defer s.workspace.settings.Unlock()
	values, err := s.workspace.options.Settings.Load(s.plugin)
	text, ok = values[name]
	return text, ok, err
}

func (s *settings) SetSetting(_ context.Context, name string, text *string) error {
	s.workspace.settings.Lock()
	defer s.workspace.settings.Unlock()
	all := s.workspace.options.Settings
	old, err := all.Load(s.plugin)
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
	return all.Save(s.plugin, values)
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
