//go:build !unix

package engine

// inherited fails: connections cannot be inherited on this system yet.
func inherited(int64) (Conn, error) { return nil, errNotInherited }
