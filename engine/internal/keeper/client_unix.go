//go:build unix

package keeper

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/imjoy-tools/imjoy/internal/confine"
)

// Client is a command that has a plugin's connection.
type Client struct {
	Conn net.Conn // the plugin's; the caller closes it
	Mark string   // see [Client.Detach]

	control net.Conn
	events  *bufio.Reader
}

// Start starts a keeper: program is this very program and the argument that makes it
// call [Serve].
func Start(ctx context.Context, program []string, o Order) error {
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return fmt.Errorf("make a folder for a background process: %w", err)
	}
	for _, folder := range []string{filepath.Dir(o.Folder), o.Folder} {
		if err := private(folder); err != nil {
			return err
		}
	}
	o.Token, o.Info.Started = rand.Text(), time.Now()
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	answer, err := confine.Leave(ctx, program, text)
	if err == nil && answer != "ready" {
		err = errors.New(answer)
	}
	if err != nil {
		os.RemoveAll(o.Folder)
		return fmt.Errorf("start a background process: %w", err)
	}
	return nil
}

// private refuses a folder that others could have made, or can enter.
func private(folder string) error {
	var s unix.Stat_t
	if err := unix.Lstat(folder, &s); err != nil {
		return fmt.Errorf("use the folder of background processes: %w", err)
	}
	if uint32(s.Mode)&unix.S_IFMT != unix.S_IFDIR || int(s.Uid) != os.Geteuid() || uint32(s.Mode)&0o077 != 0 {
		return fmt.Errorf("use the folder of background processes: others can enter %s", folder)
	}
	return nil
}

// dial asks a keeper one thing.
func dial(folder, want string) (*net.UnixConn, *bufio.Reader, event, []int, error) {
	if private(folder) != nil {
		return nil, nil, event{}, nil, ErrNone
	}
	token, err := os.ReadFile(filepath.Join(folder, tokenName))
	if err != nil {
		return nil, nil, event{}, nil, ErrNone
	}
	conn, err := net.DialTimeout("unix", filepath.Join(folder, socketName), answerWithin)
	if err != nil {
		return nil, nil, event{}, nil, ErrNone
	}
	unixConn := conn.(*net.UnixConn)
	_ = conn.SetDeadline(time.Now().Add(answerWithin + confine.KillWithin))
	text, _ := json.Marshal(request{Token: string(token), Want: want, From: os.Getpid()})
	if _, err := conn.Write(append(text, '\n')); err != nil {
		conn.Close()
		return nil, nil, event{}, nil, ErrNone
	}
	line, room := make([]byte, 64<<10), make([]byte, 64)
	n, extra, _, _, err := unixConn.ReadMsgUnix(line, room)
	var files []int
	if messages, err := unix.ParseSocketControlMessage(room[:max(extra, 0)]); err == nil && extra > 0 {
		for _, m := range messages {
			fds, _ := unix.ParseUnixRights(&m)
			files = append(files, fds...)
		}
	}
	first, rest, _ := bytes.Cut(line[:max(n, 0)], []byte("\n"))
	var e event
	if err != nil || json.Unmarshal(first, &e) != nil {
		conn.Close()
		closeAll(files)
		return nil, nil, event{}, nil, ErrNone
	}
	_ = conn.SetDeadline(time.Time{})
	events := bufio.NewReader(&joined{rest, conn})
	if !e.OK {
		conn.Close()
		closeAll(files)
		if e.Error == ErrInUse.Error() {
			return nil, nil, e, nil, ErrInUse
		}
		return nil, nil, e, nil, errors.New(e.Error)
	}
	return unixConn, events, e, files, nil
}

func closeAll(files []int) {
	for _, fd := range files {
		syscall.Close(fd)
	}
}

// joined reads what came too early, then the rest.
type joined struct {
	early []byte
	conn  net.Conn
}

func (j *joined) Read(p []byte) (int, error) {
	if len(j.early) > 0 {
		n := copy(p, j.early)
		j.early = j.early[n:]
		return n, nil
	}
	return j.conn.Read(p)
}

// Attach takes over the connection of what is kept in a folder. ErrNone says that
// there is nothing.
func Attach(folder string) (*Client, error) {
	control, events, answer, files, err := dial(folder, "attach")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		control.Close()
		return nil, errors.New("the keeper gave no connection")
	}
	file := os.NewFile(uintptr(files[0]), "connection")
	closeAll(files[1:])
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		control.Close()
		return nil, err
	}
	return &Client{Conn: conn, Mark: answer.Mark, control: control, events: events}, nil
}

// Ended is how a plugin's process ended.
type Ended struct {
	How    string
	Tail   string
	Memory bool
	Full   bool // it filled its folder
}

// Events reads what the plugin prints until it ends, or the client detaches.
func (c *Client) Events(print func(level, text string)) (ended Ended, ok bool) {
	for {
		text, err := c.events.ReadBytes('\n')
		if err != nil {
			return Ended{}, false
		}
		var e event
		if json.Unmarshal(text, &e) != nil {
			continue
		}
		switch {
		case e.Ended != "":
			return Ended{e.Ended, e.Tail, e.Memory, e.Full}, true
		case e.OK: // to detach
			return Ended{}, false
		case e.Level != "":
			print(e.Level, e.Text)
		}
	}
}

// Detach gives the connection back. Everything was said on it, and the plugin was asked
// to print Mark on stdout and on stderr: lines before it still reach this client.
func (c *Client) Detach() error {
	_, err := c.control.Write([]byte(detachWord))
	return err
}

// Close leaves the keeper; without Detach before it, that ends the plugin.
func (c *Client) Close() error { return c.control.Close() }

// Stop ends what is kept in a folder and all it started.
func Stop(folder string) error {
	conn, _, _, _, err := dial(folder, "stop")
	if err != nil {
		return err
	}
	return conn.Close()
}

// Look asks for what is kept in a folder.
func Look(folder string) (Status, error) {
	conn, _, e, _, err := dial(folder, "status")
	if err != nil {
		return Status{}, err
	}
	conn.Close()
	if e.Status == nil {
		return Status{}, ErrNone
	}
	e.Status.Folder = folder
	return *e.Status, nil
}

// look asks once more, and removes the folder of a keeper that is gone: unless somebody
// starts one there right now.
func look(folder string) (Status, error) {
	free, err := reserve(folder)
	if free == nil {
		return Status{}, errors.Join(ErrNone, err)
	}
	defer free()
	s, err := Look(folder)
	if errors.Is(err, ErrNone) {
		_ = os.RemoveAll(folder)
	}
	return s, err
}

// List asks all keepers whose folders lie in a folder. Folders that a keeper left
// behind, because it was killed, are removed.
func List(dir string) (list []Status, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for background processes: %w", err)
	}
	for _, entry := range entries {
		folder := filepath.Join(dir, entry.Name())
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		s, err := Look(folder)
		if errors.Is(err, ErrNone) {
			s, err = look(folder)
		}
		if err == nil {
			list = append(list, s)
		}
	}
	return list, nil
}
