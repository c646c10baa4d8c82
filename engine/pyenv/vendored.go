package pyenv

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Wheel is a file that packages are installed from, at the content it must have.
type Wheel struct {
	Path   string // absolute
	SHA256 string
}

// WheelError is a wheel that is not what was kept.
type WheelError struct{ Path, Why string }

func (e *WheelError) Error() string { return fmt.Sprintf("the wheel %s %s", e.Path, e.Why) }

const wheelsDir = "wheels"

// takeWheels copies the wheels that are the only source of packages to a place where
// nobody changes them after they were compared with their hashes.
func (b *build) takeWheels() error {
	if len(b.o.Wheels) == 0 {
		return nil
	}
	dir := filepath.Join(b.dir, wheelsDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("take the wheels: %w", err)
	}
	for _, w := range b.o.Wheels {
		if err := w.take(dir); err != nil {
			return err
		}
	}
	return nil
}

func (w Wheel) take(dir string) error {
	from, err := os.Open(w.Path)
	if os.IsNotExist(err) {
		return &WheelError{w.Path, "is missing"}
	}
	if err != nil {
		return fmt.Errorf("take the wheels: %w", err)
	}
	defer from.Close()
	to, err := os.OpenFile(filepath.Join(dir, filepath.Base(w.Path)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("take the wheels: %w", err)
	}
	defer to.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), from); err != nil {
		return fmt.Errorf("take the wheels: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != w.SHA256 {
		return &WheelError{w.Path, fmt.Sprintf("was changed: its SHA-256 is %.12s, not %.12s", got, w.SHA256)}
	}
	return to.Close()
}

// wheelsEnv makes the wheels the only source that installers know.
func (b *build) wheelsEnv() []string {
	if len(b.o.Wheels) == 0 {
		return nil
	}
	path := filepath.ToSlash(filepath.Join(b.dir, wheelsDir))
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	// Installers take lists, with spaces or commas between: an address has neither.
	where := strings.ReplaceAll((&url.URL{Scheme: "file", Path: path}).String(), ",", "%2C")
	return []string{"PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + where, "UV_NO_INDEX=1", "UV_FIND_LINKS=" + where}
}
