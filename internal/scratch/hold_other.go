//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package scratch

import "os"

func hold(string) (*os.File, error) { return nil, nil }

func remove(string) {}
