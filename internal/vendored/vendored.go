// Package vendored takes files out of pinned packages of npm, for the programs that
// renew what this project has of others. Call [Update]; nothing else links it.
package vendored

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// Package is one that files are taken out of.
type Package struct {
	Name      string            // "katex@0.16.47"
	Integrity string            // "sha512-...", as the registry gives it
	Files     map[string]string // in the package: where it goes; one that ends in .gz is compressed
	Folder    string            // whose files of Suffix are taken too, into Into
	Suffix    string
	Into      string
	Change    func([]byte) []byte // nil: files are taken as they are
}

// Update asks npm for each package, refuses one whose integrity is another, and writes
// its files below a folder.
func Update(dir string, packages []Package) error {
	for _, p := range packages {
		archive, err := pack(p.Name)
		if err == nil {
			err = p.unpack(dir, archive)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return nil
}

// pack gets the archive of a package by npm, which knows the person's registry.
func pack(name string) ([]byte, error) {
	temp, err := os.MkdirTemp("", "vendored")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	file, err := exec.Command("npm", "pack", "--silent", "--pack-destination", temp, name).Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	return os.ReadFile(filepath.Join(temp, strings.TrimSpace(string(file))))
}

func (p Package) unpack(dir string, archive []byte) error {
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.Integrity {
		return fmt.Errorf("the integrity is %s", got)
	}
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	missing := map[string]bool{}
	for name := range p.Files {
		missing[name] = true
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		name := strings.TrimPrefix(header.Name, "package/")
		to := p.place(name)
		if to == "" {
			continue
		}
		delete(missing, name)
		body, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := p.write(filepath.Join(dir, filepath.FromSlash(to)), body); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("it has no %v", missing)
	}
	return nil
}

// place is where a file goes, "" for those that nobody wants.
func (p Package) place(name string) string {
	if to := p.Files[name]; to != "" || p.Folder == "" {
		return to
	}
	if strings.HasPrefix(name, p.Folder) && strings.HasSuffix(name, p.Suffix) {
		return path.Join(p.Into, path.Base(name))
	}
	return ""
}

func (p Package) write(to string, body []byte) error {
	if p.Change != nil {
		body = p.Change(body)
	}
	if strings.HasSuffix(to, ".gz") {
		body = compress(body)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, body, 0o644)
}

// compress packs a file, the same bytes for the same content.
func compress(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	_, _ = w.Write(body)                                    // to memory
	_ = w.Close()
	return out.Bytes()
}
