package engine

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags"
)

// A worker's process holds up to maxInstances running plugins, all made from the same
// bytes, for the same workspace, with the same limits and permissions: each in a
// JavaScript runtime and on a connection of its own. What else differs stays apart. The
// limit on memory is that of the process.

// sameWorker is what the instances of one process have in common.
type sameWorker [sha256.Size]byte

func sameWorkerAs(plan *tags.Plan, s Start) sameWorker {
	h := sha256.New()
	doc := plan.Document.Source
	words, _ := json.Marshal([]any{doc.Name, plan.Tag, s.Limits, s.Granted.IsAll(), s.Granted.Allowed(), s.Granted.Denied(), s.Workspace, s.WorkDir, len(doc.Text)}) // texts and numbers
	h.Write(words)
	h.Write([]byte(doc.Text))
	return sameWorker(h.Sum(nil))
}

// workers are the processes that could take another instance.
type workers struct {
	mu   sync.Mutex
	live map[sameWorker]*workerProcess
}

// join opens an instance in a process that is there; nil when there is none with room.
func (w *workers) join(key sameWorker, memory int64) *instance {
	w.mu.Lock()
	p := w.live[key]
	w.mu.Unlock()
	if p == nil {
		return nil
	}
	i, err := p.open(memory)
	if err != nil {
		return nil // it is ending, or full
	}
	return i
}

// add takes a new process; it replaces one that is full.
func (w *workers) add(key sameWorker, p *workerProcess) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.live == nil {
		w.live = map[sameWorker]*workerProcess{}
	}
	w.live[key] = p
}

func (w *workers) forget(key sameWorker, p *workerProcess) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.live[key] == p {
		delete(w.live, key)
	}
}

// workerProcess is the host's side of a process with instances.
type workerProcess struct {
	child  *confine.Child
	words  *firstWords
	order  *orders
	forget func()

	mu        sync.Mutex
	last      uint64
	instances map[uint64]*instance
	ending    bool
	doubtful  int       // how many were told to stop and did not yet
	culprit   *instance // which one did not, so that the process had to be killed
}

// errNoRoom is of a process that is ending, perhaps soon, or that is full.
var errNoRoom = errors.New("the worker takes no more instances")

// open makes another instance. A process that ended before it had its first one is like
// one that ends later: the connection is there, and broken.
func (p *workerProcess) open(memory int64) (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last > 0 && p.ending || p.doubtful > 0 || len(p.instances) >= maxInstances {
		return nil, errNoRoom
	}
	p.last++
	conn, err := p.order.send(p.last)
	if err != nil && (conn == nil || p.last > 1) {
		if conn != nil {
			conn.Close()
		}
		return nil, fmt.Errorf("connect to the worker: %w", err)
	}
	i := &instance{Conn: wire.NewHost(conn, memory), id: p.last, limit: memory, process: p, gone: make(chan struct{})}
	p.instances[i.id] = i
	return i, nil
}

// listen takes what the worker says of its instances: that one runs no more.
func (p *workerProcess) listen() {
	for {
		id, err := p.order.receive()
		if err != nil {
			p.mu.Lock()
			p.ending = true
			p.mu.Unlock()
			p.forget()
			p.order.close()
			return
		}
		p.mu.Lock()
		i := p.instances[id]
		delete(p.instances, id)
		p.mu.Unlock()
		if i != nil {
			i.left.Do(func() { close(i.gone) })
		}
	}
}

// leave is called when an instance ends: it says whether others go on.
func (p *workerProcess) leave(i *instance) (others bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i.ended = true
	for _, other := range p.instances {
		others = others || !other.ended
	}
	if !others {
		p.ending = true
	}
	return others
}

func (p *workerProcess) doubt(n int) {
	p.mu.Lock()
	p.doubtful += n
	p.mu.Unlock()
}

// lives reports that nobody ended the process.
func (p *workerProcess) lives() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.ending
}

// end ends the process; by says for whom it had to be.
func (p *workerProcess) end(by *instance) {
	p.mu.Lock()
	p.ending = true
	if p.culprit == nil && by != nil {
		p.culprit = by
	}
	p.mu.Unlock()
	p.forget()
	p.order.close()
	p.child.Kill()
}

// instance is the connection to one plugin in a process.
type instance struct {
	wire.Conn
	id      uint64
	limit   int64
	process *workerProcess
	ended   bool          // guarded by process.mu
	gone    chan struct{} // closed when none of its scripts run any more
	left    sync.Once
	once    sync.Once
}

func (i *instance) Contained() bool { return confine.Describe().Memory }

// SendNow is that of its connection.
func (i *instance) SendNow(f wire.Frame) bool { return wire.SendNow(i.Conn, f) }

// Limit is that of its connection.
func (i *instance) Limit() int64 { return i.limit }

// Kill ends the instance at once, and its process with it where the scripts do not stop.
func (i *instance) Kill() {
	i.once.Do(func() {
		if i.part() {
			i.endOrStop(instanceEnd)
		}
	})
}

// Close ends the instance; its process ends with the last one.
func (i *instance) Close() error {
	i.once.Do(func() {
		if i.part() {
			go func() {
				if !i.stops(instanceEnd) {
					i.endOrStop(instanceClose)
				}
			}()
		}
	})
	return nil
}

// part ends the connection, and the process where no other instance goes on in it.
func (i *instance) part() (others bool) {
	others = i.process.leave(i)
	_ = i.Conn.Close() // it is over, however that goes
	if !others {
		i.process.end(nil)
	}
	return others
}

// endOrStop waits for the scripts of the instance, and ends the process with them where
// they do not stop. Meanwhile nobody else is put into it.
func (i *instance) endOrStop(within time.Duration) {
	i.process.doubt(+1)
	if !i.stops(within) {
		i.process.end(i)
	}
	i.process.doubt(-1)
}

// stops waits until no script of the instance runs.
func (i *instance) stops(within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-i.gone:
	case <-i.process.child.Done():
	case <-timer.C:
		return false
	}
	return true
}

// Ended says why the instance ended that nobody here ended; nil when only its connection
// broke.
func (i *instance) Ended() *Ended {
	p := i.process
	select {
	case <-p.child.Done():
	case <-time.After(childEnd):
		if i.Kill(); p.lives() {
			return nil
		}
	}
	p.mu.Lock()
	culprit, held := p.culprit, len(p.instances)
	p.mu.Unlock()
	ended := endedWith(p.child.Wait(), p.words.String())
	switch {
	case culprit != nil && culprit != i:
		ended.Reason, ended.Detail = Killed, "another instance of the plugin in the same worker did not stop, and the worker had to be killed"
	case held > 1 && ended.Detail == "":
		ended.Detail = fmt.Sprintf("its worker held %d instances of the plugin, and all of them are gone", held)
	}
	return ended
}
