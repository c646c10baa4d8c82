//go:build !unix

package engine

import "net"

// orders are not there: connections cannot be inherited on this system yet.
type orders struct{}

func newOrders(net.Conn) (*orders, error) { return nil, errNotInherited }

func inherited() (*orders, error) { return nil, errNotInherited }

func (*orders) send(uint64) (net.Conn, error)     { return nil, errNotInherited }
func (*orders) accept() (uint64, net.Conn, error) { return 0, nil, errNotInherited }
func (*orders) receive() (uint64, error)          { return 0, errNotInherited }
func (*orders) over(uint64)                       {}
func (*orders) close()                            {}
