//go:build !linux || !(amd64 || arm64 || riscv64 || loong64 || ppc64le)

package wire

import "net"

// NewHost returns the host's Conn over a socket to a child; see NewStream.
func NewHost(conn net.Conn, limit int64) Conn { return NewStream(conn, limit) }

// NewWorker returns the child's Conn over a socket to its host.
func NewWorker(conn net.Conn, limit int64) Conn { return NewStream(conn, limit) }
