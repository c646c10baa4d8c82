package workspace

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// maxServices is how many services the plugins of a workspace may offer at once.
const maxServices = 1000

// services are what plugins offer each other. A service ends with its plugin.
type services struct {
	mu    sync.Mutex
	count int
	list  []service
}

type service struct {
	id      string
	plugin  *engine.Plugin
	members *value.Object
	offered value.Value
}

// Register offers a service and returns the id under which it is taken back: its
// own, else one made of its plugin's name. A plugin that registers an id again
// replaces what it offered; another plugin cannot.
func (s *services) Register(_ context.Context, p *engine.Plugin, offered value.Value) (string, error) {
	members := membersOf(offered)
	if members == nil {
		return "", errors.New("a service is an object with a name")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(old service) bool { return ended(old.plugin) })
	s.count++
	id := members.Text("id")
	if id == "" {
		id = fmt.Sprintf("%s:%d", p.Name(), s.count)
	}
	fresh := service{id, p, members, offered}
	for i, old := range s.list {
		switch {
		case old.id == id && old.plugin != p:
			return "", fmt.Errorf("plugin %q offers a service %q already", old.plugin.Name(), id)
		case old.id == id:
			s.list[i] = fresh
			return id, nil
		}
	}
	if len(s.list) >= maxServices {
		return "", fmt.Errorf("there are %d services already", maxServices)
	}
	s.list = append(s.list, fresh)
	return id, nil
}

// Unregister takes a service of the plugin back.
func (s *services) Unregister(_ context.Context, p *engine.Plugin, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.list)
	s.list = slices.DeleteFunc(s.list, func(old service) bool { return old.id == id && old.plugin == p })
	if len(s.list) == before {
		return fmt.Errorf("plugin %q offers no service %q", p.Name(), id)
	}
	return nil
}

// Find returns the services whose members equal those of the query, in the order in
// which they were offered.
func (s *services) Find(_ context.Context, query *value.Object) (found []value.Value, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		if !ended(one.plugin) && one.fits(query) {
			found = append(found, one.offered)
		}
	}
	return found, nil
}

func (s service) fits(query *value.Object) bool {
	for key, want := range query.All() {
		got := s.members.Get(key)
		if key == "id" && got == nil {
			got = s.id
		}
		if !reflect.DeepEqual(got, want) {
			return false
		}
	}
	return true
}

func membersOf(v value.Value) *value.Object {
	switch v := v.(type) {
	case *value.Object:
		return v
	case *value.Interface:
		return v.Members
	}
	return nil
}

// ended reports a plugin that runs no more.
func ended(p *engine.Plugin) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}
