package app

import (
	"context"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/plugintest"
)

// OpenTested is Open for a plugin whose test functions will be called: its plan has the
// test helper. original is how long its document is without that. What the plugin may
// do is what its own content may.
func (s *Session) OpenTested(ctx context.Context, to address.Address, tag string) (plan *tags.Plan, original int, err error) {
	plain, err := s.Open(ctx, to, tag)
	if err != nil {
		return nil, 0, err
	}
	plan, err = plugintest.Instrument(plain)
	if err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if from := s.origins[plain.Document]; from != nil {
		s.origins[plan.Document] = from
	}
	return plan, len(plain.Document.Source.Text), nil
}
