package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

// DefaultIdle is how long a plugin that may live on in the background waits for a
// command.
const DefaultIdle = 30 * time.Minute

// Background says where plugins live on that may: in a folder of the user's own, with
// a path that is short enough for sockets; and for how long (IMJOY_IDLE).
func (a *App) Background() (engine.Background, error) {
	b := engine.Background{Dir: backgroundDir(a.Env, os.Getuid()), Idle: DefaultIdle, Waiting: func(name string, program int) {
		fmt.Fprintf(a.Stderr, "imjoy: waiting for process %d, which uses %s; its flag single-instance allows no second one\n", program, findings.Clean(name))
	}}
	switch text := a.Env("IMJOY_IDLE"); text {
	case "":
	case "never":
		b.Idle = 0
	default:
		idle, err := time.ParseDuration(text)
		if err != nil || idle <= 0 {
			return b, fmt.Errorf("IMJOY_IDLE is %q, which is no duration such as 30m, nor never", text)
		}
		b.Idle = idle
	}
	return b, nil
}

func backgroundDir(env func(string) string, user int) string {
	if own := env("IMJOY_HOME"); filepath.IsAbs(own) && len(own) < maxSocketFolder {
		return filepath.Join(own, "run")
	}
	if dir := env("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) && len(dir) < maxSocketFolder {
		return filepath.Join(dir, "imjoy")
	}
	temp := env("TMPDIR")
	if !filepath.IsAbs(temp) || len(temp) >= maxSocketFolder {
		temp = "/tmp"
	}
	return filepath.Join(temp, "imjoy-"+strconv.Itoa(user))
}

// maxSocketFolder keeps the paths of sockets within what systems take, in bytes.
const maxSocketFolder = 60
