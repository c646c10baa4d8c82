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

// maxServices is how many services one plugin may offer at once.
const maxServices = 1000

// operator is the type of services that do what a plugin's run does; it is the type
// of a service that names none, and their run is the plugin's when they have none.
const operator = "operator"

// needsFlag are the types that only plugins with the flag of that name may offer.
var needsFlag = []string{"engine", "engine-factory", "file-manager"}

// services are what plugins offer each other, in the order in which they were
// offered. A service ends with its plugin.
type services struct {
	mu   sync.Mutex
	list []*service
}

type service struct {
	plugin  *engine.Plugin
	members *value.Object // with id, name and type
}

func (s *service) id() string { return s.members.Text("id") }

// Register offers a service and returns its id: its own, else "Plugin/name", with a
// number when the plugin offers another one of that name. An operator takes the
// place of the one with its id; nothing takes the place of another plugin's.
func (s *services) Register(_ context.Context, p *engine.Plugin, offered value.Value) (string, error) {
	members, err := complete(p, offered)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(old *service) bool { return ended(old.plugin) })
	own := 0
	for _, old := range s.list {
		if old.plugin == p {
			own++
		}
	}
	if own >= maxServices {
		return "", fmt.Errorf("a plugin may offer %d services at once", maxServices)
	}
	id := members.Text("id")
	if id == "" {
		id = s.free(p, members)
		members.Set("id", id)
	}
	if i := s.index(id); i >= 0 {
		if s.list[i].plugin != p {
			return "", fmt.Errorf("plugin %q offers a service %q already", s.list[i].plugin.Name(), id)
		}
		s.list = slices.Delete(s.list, i, i+1)
	}
	s.list = append(s.list, &service{p, members})
	return id, nil
}

// complete returns the members of a service with those that it may leave out.
func complete(p *engine.Plugin, offered value.Value) (*value.Object, error) {
	given := membersOf(offered)
	if given == nil {
		return nil, errors.New("a service is an object: {type: ..., name: ..., functions}")
	}
	members := &value.Object{}
	for key, v := range given.All() {
		members.Set(key, v)
	}
	for _, key := range []string{"id", "type", "name"} {
		if _, isText := members.Get(key).(string); members.Get(key) != nil && !isText {
			return nil, fmt.Errorf("the %s of a service is text", key)
		}
	}
	kind := members.Text("type")
	if kind == "" {
		kind = operator
		members.Set("type", kind)
	}
	if slices.Contains(needsFlag, kind) && !p.Plan().Has(kind) {
		return nil, fmt.Errorf("only a plugin with %q among its flags offers a service of that type", kind)
	}
	if kind == operator {
		if members.Text("name") == "" {
			members.Set("name", p.Name())
		}
		if members.Get("run") == nil && p.Has("run") {
			members.Set("run", p.Interface().Function("run"))
		}
	}
	return members, nil
}

// free makes the id of a service that has none.
func (s *services) free(p *engine.Plugin, members *value.Object) string {
	name := members.Text("name")
	if name == "" {
		name = members.Text("type")
	}
	first := p.Name() + "/" + name
	id := first
	for n := 2; s.index(id) >= 0 && members.Text("type") != operator; n++ {
		id = fmt.Sprintf("%s-%d", first, n)
	}
	return id
}

func (s *services) index(id string) int {
	return slices.IndexFunc(s.list, func(one *service) bool { return one.id() == id })
}

// Unregister takes services of the plugin back: by id or name, or those whose
// members equal those of an object.
func (s *services) Unregister(_ context.Context, p *engine.Plugin, which value.Value) error {
	var meant func(*service) bool
	switch which := which.(type) {
	case string:
		meant = func(one *service) bool { return one.id() == which || one.members.Text("name") == which }
	case *value.Object:
		meant = func(one *service) bool { return one.fits(which) }
	default:
		return errors.New("it needs the id of a service")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.list)
	s.list = slices.DeleteFunc(s.list, func(one *service) bool { return one.plugin == p && meant(one) })
	if len(s.list) == before {
		return fmt.Errorf("plugin %q offers no such service", p.Name())
	}
	return nil
}

// Find returns the services whose members equal those of the query.
func (s *services) Find(_ context.Context, query *value.Object) (found []value.Value, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		if !ended(one.plugin) && one.fits(query) {
			found = append(found, one.members)
		}
	}
	return found, nil
}

// offeredBy returns the plugin that offers a service, nil for none.
func (s *services) offeredBy(id string) *engine.Plugin {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(id); i >= 0 {
		return s.list[i].plugin
	}
	return nil
}

func (s *service) fits(query *value.Object) bool {
	for key, want := range query.All() {
		if got, ok := s.members.Lookup(key); !ok || !reflect.DeepEqual(got, want) {
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
