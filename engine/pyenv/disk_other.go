//go:build !linux

package pyenv

func syncDisk(string) error { return nil }

func syncDir(string) error { return nil }
