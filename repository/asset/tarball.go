package asset

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// ArchiveError is an archive that is not unpacked.
type ArchiveError struct{ Package, Why string }

func (e *ArchiveError) Error() string {
	return fmt.Sprintf("the archive of %s is refused: %s", e.Package, e.Why)
}

// unpack reads the files of a package into memory. Nothing is written, so a path can
// lead nowhere; one that tries is a reason to trust none of it. Links are no files.
func unpack(what string, text []byte) (map[string][]byte, error) {
	refuse := func(format string, args ...any) error { return &ArchiveError{what, fmt.Sprintf(format, args...)} }
	plain, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, refuse("it is not gzip")
	}
	limited := &io.LimitedReader{R: plain, N: maxUnpacked + 1}
	archive := tar.NewReader(limited)
	files := map[string][]byte{}
	for entries := 0; ; entries++ {
		header, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return files, nil
		case limited.N <= 0:
			return nil, refuse("it unpacks to more than %d MiB", maxUnpacked>>20)
		case err != nil:
			return nil, refuse("%v", err)
		case entries >= maxFiles:
			return nil, refuse("it has more than %d files", maxFiles)
		}
		name, err := inside(header.Name)
		if err != nil {
			return nil, refuse("%v", err)
		}
		if header.Typeflag != tar.TypeReg || !useful(name) {
			continue
		}
		if header.Size > maxFile {
			return nil, refuse("%q has more than %d MiB", name, maxFile>>20)
		}
		body, err := io.ReadAll(io.LimitReader(archive, maxFile+1))
		switch {
		case limited.N <= 0:
			return nil, refuse("it unpacks to more than %d MiB", maxUnpacked>>20)
		case err != nil:
			return nil, refuse("%q: %v", name, err)
		case len(body) > maxFile:
			return nil, refuse("%q has more than %d MiB", name, maxFile>>20)
		}
		files[name] = body
	}
}

// inside is the path of an entry below the one folder that archives of npm have.
func inside(name string) (string, error) {
	if len(name) > maxPath || strings.ContainsAny(name, "\\\x00") {
		return "", fmt.Errorf("%.60q is not a path", name)
	}
	clean := strings.TrimPrefix(name, "./")
	if path.IsAbs(clean) || strings.Contains("/"+clean+"/", "/../") {
		return "", fmt.Errorf("%.60q leads out of it", name)
	}
	_, rest, _ := strings.Cut(path.Clean(clean), "/")
	return rest, nil
}

// useful leaves out what no script loads, and what is most of many packages.
func useful(name string) bool {
	if name == "" || strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") {
		return false
	}
	switch path.Ext(name) {
	case ".map", ".md", ".flow", ".markdown", ".tsbuildinfo":
		return false
	}
	return true
}
