//go:build unix

package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// orders is the socket between the host and a worker's process over which instances are
// asked for: the host sends a number with the worker's end of a connection, and the
// worker the number of an instance that is over. No script has a way to it.
type orders struct {
	conn *net.UnixConn
	mu   sync.Mutex // one message at a time
}

const orderSize = 8

var errNoSocket = errors.New("the connection to the worker is no socket")

func newOrders(conn net.Conn) (*orders, error) {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errNoSocket
	}
	return &orders{conn: socket}, nil
}

// inherited is the socket that the host left on file 3.
func inherited() (*orders, error) {
	file := os.NewFile(3, "orders")
	if file == nil {
		return nil, errNotInherited
	}
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, errNotInherited
	}
	return newOrders(conn)
}

// send asks for an instance and returns the host's end of its connection, also when
// there was nobody to take the other end.
func (o *orders) send(id uint64) (net.Conn, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _, err = o.conn.WriteMsgUnix(binary.LittleEndian.AppendUint64(nil, id), syscall.UnixRights(int(theirs.Fd())), nil)
	return ours, err
}

// accept waits for an order.
func (o *orders) accept() (id uint64, conn net.Conn, err error) {
	var word [orderSize]byte
	room := make([]byte, syscall.CmsgSpace(4))
	n, used, _, _, err := o.conn.ReadMsgUnix(word[:], room)
	if err != nil {
		return 0, nil, err
	}
	if n < orderSize { // the file came with the first byte
		if _, err := io.ReadFull(o.conn, word[n:]); err != nil {
			return 0, nil, err
		}
	}
	messages, err := syscall.ParseSocketControlMessage(room[:used])
	if err != nil || len(messages) == 0 {
		return 0, nil, fmt.Errorf("an order without a connection: %w", errors.Join(err, io.ErrUnexpectedEOF))
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) == 0 {
		return 0, nil, fmt.Errorf("an order without a connection: %w", errors.Join(err, io.ErrUnexpectedEOF))
	}
	syscall.CloseOnExec(fds[0])
	file := os.NewFile(uintptr(fds[0]), "instance")
	defer file.Close()
	conn, err = net.FileConn(file)
	return binary.LittleEndian.Uint64(word[:]), conn, err
}

// over says that an instance is no more.
func (o *orders) over(id uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = o.conn.Write(binary.LittleEndian.AppendUint64(nil, id)) // a host that is gone knows
}

// receive waits until the worker says that an instance is over.
func (o *orders) receive() (uint64, error) {
	var word [orderSize]byte
	_, err := io.ReadFull(o.conn, word[:])
	return binary.LittleEndian.Uint64(word[:]), err
}

func (o *orders) close() { _ = o.conn.Close() }

// socketPair returns the two ends of a connection: ours, and what the worker gets.
func socketPair() (net.Conn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	for _, fd := range fds {
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_SNDBUF, orderBuffer)
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, orderBuffer)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "instance"), os.NewFile(uintptr(fds[1]), "instance")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("wrap socket: %w", err)
	}
	return conn, theirs, nil
}
