//go:build !unix

package chromium

import (
	"errors"
	"os"
)

func (b *Browser) spawn(string, []string, []string) (*os.File, error) {
	return nil, errors.New("a browser cannot be driven without a window on this system yet")
}

func (b *Browser) kill() {}
