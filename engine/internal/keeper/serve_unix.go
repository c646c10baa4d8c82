//go:build unix

package keeper

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/pyproc"
	"github.com/imjoy-tools/imjoy/internal/scratch"
)

// The files in a keeper's folder.
const (
	socketName = "socket"
	tokenName  = "token"
)

// keeper holds one plugin's process.
type keeper struct {
	order  Order
	launch *pyproc.Launched
	home   *scratch.Folder // nil: it has none
	listen net.Listener

	mu       sync.Mutex
	client   net.Conn // attached; nil
	program  int      // process number of who is attached
	since    time.Time
	lines    []event // printed while nobody was attached
	idle     *time.Timer
	stopping bool
	gone     chan struct{}  // closed when the folder is free for the next
	answers  sync.WaitGroup // to those who stop it

	mark    string                   // see [Client.Detach]
	printed map[string]chan struct{} // by level: the mark came
}

// Serve is a keeper's whole life: it reads its order, says "ready" or what is wrong
// in one line, and returns when the plugin has ended.
func Serve(in io.Reader, out io.Writer) {
	k := &keeper{
		since: time.Now(), gone: make(chan struct{}), mark: rand.Text(),
		printed: map[string]chan struct{}{"info": make(chan struct{}, 1), "error": make(chan struct{}, 1)},
	}
	if err := k.start(in); err != nil {
		fmt.Fprintln(out, err)
		return
	}
	fmt.Fprintln(out, "ready")
	if c, ok := out.(io.Closer); ok {
		c.Close()
	}
	go k.accept()
	full := make(chan bool, 1)
	go func() { full <- k.order.Quota.Keep(k.order.Home, k.launch.Child) }()
	exit := k.launch.Child.Wait()
	k.launch.Flush()
	k.tell(event{Ended: exit.String(), Tail: k.launch.Child.Tail(), Memory: exit.OutOfMemory, Full: <-full})
	k.clear()
	close(k.gone)
	k.listen.Close()
	k.answers.Wait()
	if k.home != nil {
		k.home.Remove()
	}
}

// clear takes the folder away in one step: the next keeper may be making its own
// there already.
func (k *keeper) clear() {
	old := filepath.Join(filepath.Dir(k.order.Folder), fmt.Sprintf(".%d", os.Getpid()))
	if os.Rename(k.order.Folder, old) == nil {
		os.RemoveAll(old)
	}
}

func (k *keeper) start(in io.Reader) (err error) {
	if err := json.NewDecoder(in).Decode(&k.order); err != nil {
		return fmt.Errorf("read the order of a keeper: %w", err)
	}
	if k.order.Home != "" {
		if k.home, err = scratch.Hold(k.order.Home); err != nil {
			return err
		}
	}
	o := k.order.Launch
	o.Log = k.print
	if k.launch, err = pyproc.Launch(context.Background(), o); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			k.launch.Child.Kill()
		}
	}()
	k.order.Info.Keeper, k.order.Info.Pid = os.Getpid(), k.launch.Child.Pid()
	if err = os.WriteFile(filepath.Join(k.order.Folder, tokenName), []byte(k.order.Token), 0o600); err != nil {
		return err
	}
	path := filepath.Join(k.order.Folder, socketName)
	_ = os.Remove(path)
	if k.listen, err = net.Listen("unix", path); err != nil {
		return err
	}
	for _, note := range k.launch.Child.Fenced().Notes {
		k.tell(event{Level: "error", Text: pyproc.NotContained(note)})
	}
	k.rest()
	return os.Chmod(path, 0o600)
}

func (k *keeper) accept() {
	for {
		conn, err := k.listen.Accept()
		if err != nil {
			return
		}
		go k.serve(conn)
	}
}

// serve answers one request; after "attach" the connection stays.
func (k *keeper) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(answerWithin))
	lines := bufio.NewReaderSize(io.LimitReader(conn, maxRequest), maxRequest)
	text, err := lines.ReadBytes('\n')
	var r request
	if err != nil || json.Unmarshal(text, &r) != nil || subtle.ConstantTimeCompare([]byte(r.Token), []byte(k.order.Token)) != 1 {
		write(conn, event{Error: "the token is wrong"})
		return
	}
	switch r.Want {
	case "status":
		s := k.status()
		write(conn, event{OK: true, Status: &s})
	case "stop":
		k.answers.Add(1)
		defer k.answers.Done()
		k.stop()
		<-k.gone
		write(conn, event{OK: true})
	case "attach":
		if err := k.attach(conn, r.From); err != nil {
			write(conn, event{Error: err.Error()})
			return
		}
		_ = conn.SetDeadline(time.Time{})
		word, _ := lines.ReadString('\n')
		k.leave(conn, word == detachWord)
	default:
		write(conn, event{Error: "nothing of that name is known"})
	}
}

// attach gives a command the plugin's connection itself.
func (k *keeper) attach(conn net.Conn, program int) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.client != nil || k.stopping {
		return ErrInUse
	}
	file, err := k.launch.Conn.(*net.UnixConn).File()
	if err != nil {
		return err
	}
	defer file.Close()
	for _, printed := range k.printed {
		select {
		case <-printed: // for a command that did not wait so long
		default:
		}
	}
	text, _ := json.Marshal(event{OK: true, Mark: k.mark})
	if _, _, err := conn.(*net.UnixConn).WriteMsgUnix(append(text, '\n'), syscall.UnixRights(int(file.Fd())), nil); err != nil {
		return err
	}
	for _, line := range k.lines {
		write(conn, line)
	}
	k.client, k.program, k.lines = conn, program, nil
	if k.idle != nil {
		k.idle.Stop()
	}
	return nil
}

// print passes on a line. The mark is no line, and ends one that has no end.
func (k *keeper) print(level, text string) {
	before, marked := strings.CutSuffix(text, k.mark)
	if !marked || before != "" {
		k.tell(event{Level: level, Text: before})
	}
	if marked {
		select {
		case k.printed[level] <- struct{}{}:
		default:
		}
	}
}

// awaitPrinted waits for the mark on both streams, for a while: a plugin can have closed
// them.
func (k *keeper) awaitPrinted() {
	late := time.After(printWithin)
	for _, printed := range k.printed {
		select {
		case <-printed:
		case <-late:
			return
		}
	}
}

// leave ends the plugin when a command left it without a word.
func (k *keeper) leave(conn net.Conn, detached bool) {
	if detached {
		k.awaitPrinted()
	}
	k.mu.Lock()
	k.client, k.program, k.since = nil, 0, time.Now()
	k.mu.Unlock()
	if !detached {
		k.stop()
		return
	}
	write(conn, event{OK: true})
	k.rest()
}

// rest waits for the next command, and not for ever.
func (k *keeper) rest() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.order.Idle > 0 {
		k.idle = time.AfterFunc(k.order.Idle, func() {
			k.mu.Lock()
			alone := k.client == nil
			k.mu.Unlock()
			if alone {
				k.stop()
			}
		})
	}
}

func (k *keeper) stop() {
	k.mu.Lock()
	k.stopping = true
	k.mu.Unlock()
	k.launch.End()
}

func (k *keeper) status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := Status{Info: k.order.Info, Attached: k.client != nil, Program: k.program}
	if !s.Attached {
		s.Idle = time.Since(k.since)
		if k.order.Idle > 0 {
			s.EndsIn = max(k.order.Idle-s.Idle, 0)
		}
	}
	return s
}

// tell passes on what the plugin prints, or keeps the end of it.
func (k *keeper) tell(e event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.client != nil {
		_ = k.client.SetWriteDeadline(time.Now().Add(answerWithin))
		write(k.client, e)
		return
	}
	if k.lines = append(k.lines, e); len(k.lines) > keptLines {
		k.lines = k.lines[1:]
	}
}

func write(conn net.Conn, e event) {
	text, err := json.Marshal(e)
	if err == nil {
		_, _ = conn.Write(append(text, '\n')) // who does not listen misses it
	}
}
