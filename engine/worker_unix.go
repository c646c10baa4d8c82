//go:build unix

package engine

import (
	"net"
	"os"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// inherited is the connection that the host left on file 3.
func inherited(limit int64) (Conn, error) {
	file := os.NewFile(3, "connection")
	if file == nil {
		return nil, errNotInherited
	}
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, errNotInherited
	}
	return wire.NewWorker(conn, limit), nil
}
