package server

import "slices"

// ticket lets a page connect again that was loaded anew: the token is in the page's memory
// only. It belongs to one tab and is good for nothing while a page of that is connected,
// so that who reads it there gets nothing by it.
type ticket struct {
	secret string
	holder *client // the last page that had it; Server.mu guards it
}

// take gives the ticket to a page, unless another one holds it that is still there.
func (t *ticket) take(c *client) bool {
	if t.holder != nil && t.holder.ctx.Err() == nil {
		return false
	}
	t.holder = c
	return true
}

// keep remembers a ticket as the newest one. Server.mu is held.
func (s *Server) keep(t *ticket) {
	s.tickets = slices.DeleteFunc(s.tickets, func(other *ticket) bool { return other == t })
	s.tickets = append(s.tickets, t)
	if len(s.tickets) > maxTickets {
		s.tickets = s.tickets[1:]
	}
}

func (s *Server) ticketOf(secret string) (found *ticket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tickets {
		if same(t.secret, secret) {
			found = t
		}
	}
	return found
}
