package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/keeper"
	"github.com/imjoy-tools/imjoy/engine/internal/pyproc"
	"github.com/imjoy-tools/imjoy/internal/scratch"
	"github.com/imjoy-tools/imjoy/tags"
)

// keep attaches to the plugin's process, or starts one. After keeper.ErrInUse nothing was
// done.
func (r python) keep(ctx context.Context, plan *tags.Plan, s Start, launch pyproc.Options, own *scratch.Folder) (Conn, error) {
	spec := specOf(plan, launch, own.Path)
	place := r.background.place(plan)
	folder := filepath.Join(r.background.Dir, digest(place + "\x00" + plan.Name + "\x00" + plan.Tag)[:16])
	client, free, err := r.background.attach(ctx, plan, folder, spec)
	defer free()
	switch {
	case err == nil:
		own.Remove()
		return newKept(client, folder, true), nil
	case errors.Is(err, keeper.ErrInUse):
		return nil, err
	case !errors.Is(err, keeper.ErrNone):
		own.Remove()
		return nil, fmt.Errorf("attach to %q in the background: %w", plan.Name, err)
	}
	program := r.background.Program
	if program == nil {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		program = []string{self}
	}
	err = keeper.Start(ctx, append(program[:len(program):len(program)], keeperCommand), keeper.Order{
		Folder: folder, Home: own.Path, Idle: r.background.Idle, Launch: launch,
		Quota: ownFolder,
		Info:  keeper.Info{Name: plan.Name, Tag: plan.Tag, Document: place, Spec: spec},
	})
	if err != nil {
		own.Remove()
		return nil, err
	}
	own.Leave() // the keeper holds it
	if client, err = keeper.Attach(folder); err != nil {
		return nil, fmt.Errorf("attach to %q in the background: %w", plan.Name, err)
	}
	return newKept(client, folder, false), nil
}

// attachTo attaches to a process if it is what would be started now; another version is
// ended first.
func attachTo(folder, spec string) (*keeper.Client, error) {
	s, err := keeper.Look(folder)
	if err != nil {
		return nil, err
	}
	if s.Spec == spec {
		return keeper.Attach(folder)
	}
	if s.Attached {
		return nil, keeper.ErrInUse
	}
	if err := keeper.Stop(folder); err != nil && !errors.Is(err, keeper.ErrNone) {
		return nil, err
	}
	return nil, keeper.ErrNone
}

// attach attaches to a plugin's process; with single-instance it waits for the program
// that is attached. After keeper.ErrNone a process may be started, until free is called.
func (b *Background) attach(ctx context.Context, plan *tags.Plan, folder, spec string) (client *keeper.Client, free func(), err error) {
	for waited := false; ; waited = true {
		if free, err = keeper.Reserve(ctx, folder); err != nil {
			return nil, func() {}, err
		}
		client, err = attachTo(folder, spec)
		if !errors.Is(err, keeper.ErrInUse) || !slices.Contains(plan.Flags, flagSingle) {
			return client, free, err
		}
		free()
		if err := b.mayWait(plan.Name, folder, !waited); err != nil {
			return nil, func() {}, err
		}
		select {
		case <-ctx.Done():
			return nil, func() {}, context.Cause(ctx)
		case <-time.After(lookForEnd):
		}
	}
}

// mayWait refuses to wait for this very program, and tells for which one it waits.
func (b *Background) mayWait(name, folder string, tell bool) error {
	s, err := keeper.Look(folder)
	switch {
	case err != nil:
	case s.Program == os.Getpid():
		return errors.New("this program uses it already, and its flag single-instance allows no second process")
	case tell && s.Attached && b.Waiting != nil:
		b.Waiting(name, s.Program)
	}
	return nil
}

// place is where a plugin's document lies.
func (b *Background) place(plan *tags.Plan) string {
	if b.Place != nil {
		if place := b.Place(plan); place != "" {
			return place
		}
	}
	return plan.Document.Source.Name
}

// specOf is equal for processes that one can take for the other.
func specOf(plan *tags.Plan, launch pyproc.Options, own string) string {
	text, err := json.Marshal(launch)
	if err != nil {
		return digest(own) // equal to no other
	}
	return digest(string(plan.Document.Source.Text) + "\x00" + plan.Tag + "\x00" + strings.ReplaceAll(string(text), own, ""))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
