package workspace

import (
	"context"
	"maps"
	"sync"
)

// Settings keeps what plugins store with api.setConfig, by plugin name. It is safe for
// concurrent use.
type Settings interface {
	Load(plugin string) (map[string]string, error)
	// Change gives the settings of a plugin to a function and keeps what it makes of
	// them: as one step, whoever else changes them, in whichever process.
	Change(ctx context.Context, plugin string, change func(values map[string]string)) error
}

// settings are those of one plugin.
type settings struct {
	all    Settings
	plugin string
}

func (s *settings) Setting(_ context.Context, name string) (text string, ok bool, err error) {
	values, err := s.all.Load(s.plugin)
	text, ok = values[name]
	return text, ok, err
}

func (s *settings) SetSetting(ctx context.Context, name string, text *string) error {
	return s.all.Change(ctx, s.plugin, func(values map[string]string) {
		if text == nil {
			delete(values, name)
		} else {
			values[name] = *text
		}
	})
}

// MemorySettings returns settings that are forgotten with the program.
func MemorySettings() Settings { return &memory{values: map[string]map[string]string{}} }

type memory struct {
	mu     sync.Mutex
	values map[string]map[string]string
}

func (m *memory) Load(plugin string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.values[plugin]), nil
}

func (m *memory) Change(_ context.Context, plugin string, change func(map[string]string)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values[plugin] == nil {
		m.values[plugin] = map[string]string{}
	}
	change(m.values[plugin])
	return nil
}
