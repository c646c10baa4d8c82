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
	"github.com/imjoy-tools/imjoy/tags"
)

// keep attaches to the plugin's process, or starts one. After keeper.ErrInUse nothing was
// done.
func (r python) keep(ctx context.Context, plan *tags.Plan, s Start, launch pyproc.Options, own string) (Conn, error) {
	spec := specOf(plan, launch, own)
	folder := filepath.Join(r.background.Dir, digest(plan.Name + "\x00" + plan.Tag)[:16])
	client, err := attachTo(folder, spec)
	if errors.Is(err, keeper.ErrInUse) && slices.Contains(plan.Flags, flagSingle) {
		client, err = r.background.wait(ctx, plan.Name, folder, spec)
	}
	switch {
	case err == nil:
		os.RemoveAll(own)
		return newKept(client, folder, true), nil
	case errors.Is(err, keeper.ErrInUse):
		return nil, err
	case !errors.Is(err, keeper.ErrNone):
		os.RemoveAll(own)
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
		Folder: folder, Home: own, Idle: r.background.Idle, Launch: launch,
		Quota: ownFolder,
		Info:  keeper.Info{Name: plan.Name, Tag: plan.Tag, Document: plan.Document.Source.Name, Spec: spec},
	})
	if err != nil {
		os.RemoveAll(own)
		return nil, err
	}
	if client, err = keeper.Attach(folder); err != nil {
		return nil, fmt.Errorf("attach to %q in the background: %w", plan.Name, err)
	}
	return newKept(client, folder, false), nil
}

// attachTo attaches to a process if it is what would be started now; another one
// of that name is ended first.
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

// wait attaches as soon as the program that is attached goes.
func (b *Background) wait(ctx context.Context, name, folder, spec string) (*keeper.Client, error) {
	if s, err := keeper.Look(folder); err == nil && s.Program == os.Getpid() {
		return nil, errors.New("this program uses it already, and its flag single-instance allows no second process")
	} else if err == nil && s.Attached && b.Waiting != nil {
		b.Waiting(name, s.Program)
	}
	for {
		client, err := attachTo(folder, spec)
		if !errors.Is(err, keeper.ErrInUse) {
			return client, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lookForEnd):
		}
	}
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
