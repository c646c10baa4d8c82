//go:build linux && (amd64 || arm64 || riscv64 || loong64 || ppc64le)

package wire

import "fmt"

// provide returns a piece for n bytes that nobody looks at, and whether the worker
// has to be told of it; nil when there is none.
func (s *shared) provide(n int) (*segment, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, ErrClosed
	}
	for _, g := range s.list() {
		if !g.theirs && fits(g.block.size, n) && !g.block.once() && g.block.idle() {
			g.theirs = true
			s.mu.Unlock()
			return g, nil
		}
	}
	size := rounded(n)
	dropped := s.makeRoom(size)
	room := len(s.segments) < maxSegments && int64(s.total+size) <= s.limit
	s.mu.Unlock()
	s.drop(dropped)
	if !room {
		return nil, errNoMemory
	}
	b, err := newBlock(size)
	if err != nil {
		return nil, err
	}
	return s.add(b)
}

// add gives the worker a block it does not know.
func (s *shared) add(b *block) (*segment, error) {
	b.join(s.trim)
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		b.leave()
		return nil, ErrClosed
	}
	s.next++
	g := &segment{id: s.next, block: b, theirs: true}
	s.segments[g.id] = g
	s.total += b.size
	s.mu.Unlock()
	if err := s.send(&control{Segment: g.id, Size: b.size}, b.fd); err != nil {
		return nil, fmt.Errorf("share memory: %w", err)
	}
	return g, nil
}

// handOver gives the worker a block that holds what it shall see.
func (s *shared) handOver(b *block) *segment {
	if s.files != nil {
		return s.handBack(b)
	}
	s.mu.Lock()
	for _, g := range s.segments {
		if g.block == b {
			defer s.mu.Unlock()
			if g.theirs {
				return nil // it says so: it did not let go of it
			}
			g.theirs = true
			return g
		}
	}
	dropped := s.makeRoom(b.size)
	room := !s.closed && len(s.segments) < maxSegments && int64(s.total+b.size) <= s.limit
	s.mu.Unlock()
	s.drop(dropped)
	if !room {
		return nil
	}
	g, err := s.add(b)
	if err != nil {
		return nil
	}
	return g
}

// makeRoom takes pieces off the list that nobody uses, until size more bytes are
// within what a connection keeps. The caller holds mu and drops them.
func (s *shared) makeRoom(size int) (dropped []*segment) {
	for _, g := range s.list() {
		idle := !g.theirs && g.block.idle()
		if idle && (g.block.once() || s.total+size > keepIdle || len(s.segments) >= maxSegments) {
			delete(s.segments, g.id)
			s.total -= g.block.size
			dropped = append(dropped, g)
		}
	}
	return dropped
}

// trim lets go of what need not be kept.
func (s *shared) trim() {
	s.mu.Lock()
	dropped := s.makeRoom(0)
	s.mu.Unlock()
	s.drop(dropped)
}

func (s *shared) drop(list []*segment) {
	if len(list) == 0 {
		return
	}
	c := &control{}
	for _, g := range list {
		c.Drop = append(c.Drop, g.id)
	}
	_ = s.send(c, -1) // an ended connection has dropped everything
	for _, g := range list {
		g.block.leave()
	}
}

// controlOfWorker serves what a worker says; none of it is trusted.
func (s *shared) controlOfWorker(c *control) error {
	for _, id := range c.Free {
		s.mu.Lock()
		g := s.segments[id]
		if g == nil || !g.theirs {
			s.mu.Unlock()
			return fmt.Errorf("%w: it returns the shared memory %d, which it does not have", errMalformed, id)
		}
		g.theirs = false
		s.mu.Unlock()
	}
	if len(c.Free) > 0 {
		s.mu.Lock()
		dropped := s.makeRoom(0)
		s.mu.Unlock()
		s.drop(dropped)
	}
	if c.Need <= 0 {
		return nil
	}
	answer := &control{Request: c.Request}
	if int64(c.Need) <= s.limit {
		if g, err := s.provide(c.Need); err == nil {
			answer.Segment = g.id
		}
	}
	return s.send(answer, -1)
}
