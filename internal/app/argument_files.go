package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gabriel-vasile/mimetype"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// FileError is a file that was named and cannot be read.
type FileError struct {
	Missing string // the name of one that is not there; else ""
	Err     error
}

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// OpenFile describes a file of this machine; its content is read when the plugin
// gets it.
func (a *App) OpenFile(name string) (value.Value, error) {
	path := a.path(name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(name, err)
	}
	file := &value.File{Name: filepath.Base(path), Size: info.Size(), Path: path}
	switch {
	case info.IsDir():
		file.Type, file.Size = folderMIME, 0
		return file, nil
	case !info.Mode().IsRegular(): // a pipe can be read once, so it is read now
		if file.Data, err = a.readFile(name, maxArray); err != nil {
			return nil, unreadable(name, err)
		}
		file.Path, file.Size = "", int64(len(file.Data))
		file.Type = mimeNamed(mimetype.Detect(file.Data), path)
		return file, nil
	}
	if file.Type, err = MIMEType(path); err != nil {
		return nil, unreadable(name, err)
	}
	return file, nil
}

// OpenArray reads an array: a .npy file, or an image.
func (a *App) OpenArray(name string) (value.Value, error) {
	data, err := a.readFile(name, maxArray)
	if err != nil {
		return nil, unreadable(name, err)
	}
	array, err := ReadArray(data)
	if err != nil {
		return nil, &FileError{Err: fmt.Errorf("read %s: %w", name, err)}
	}
	return array, nil
}

func unreadable(name string, err error) error {
	var path *os.PathError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &FileError{Missing: name, Err: fmt.Errorf("there is no file %s", name)}
	case errors.As(err, &path):
		err = path.Err
	}
	return &FileError{Err: fmt.Errorf("read %s: %w", name, err)}
}

// ReadArray reads a .npy file or an image by what its first bytes say.
func ReadArray(data []byte) (*ndarray.Array, error) {
	if bytes.HasPrefix(data, []byte("\x93NUMPY")) {
		return ndarray.ReadNPY(bytes.NewReader(data), len(data))
	}
	array, err := ndarray.ReadImage(data)
	if err != nil {
		return nil, errors.New("it is neither a .npy file nor an image (PNG, JPEG, GIF, TIFF)")
	}
	return array, nil
}
