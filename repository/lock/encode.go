package lock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// envelope is the file. The checksum covers the compact bytes of Plugins, so that a
// lock that was edited, cut or merged by hand is not taken for one that was made.
type envelope struct {
	Version  int             `json:"version"`
	Checksum string          `json:"checksum"`
	Plugins  json.RawMessage `json:"plugins"`
}

// Error is a lock file that cannot be used.
type Error struct {
	Name string
	Why  string
}

func (e *Error) Error() string { return fmt.Sprintf("%s cannot be used: %s", e.Name, e.Why) }

// Encode writes the file.
func (f *File) Encode() ([]byte, error) {
	f.sort()
	plugins := f.Plugins
	if plugins == nil {
		plugins = []Plugin{}
	}
	body, err := json.Marshal(plugins)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(envelope{Version: Version, Checksum: hash(body), Plugins: body})
	return out.Bytes(), err
}

// Parse reads a file. name is the file's, for errors, which are [*Error].
func Parse(name string, text []byte) (*File, error) {
	fail := func(why string) (*File, error) { return nil, &Error{name, why} }
	if len(text) > MaxBytes {
		return fail(fmt.Sprintf("it is larger than %d MiB", MaxBytes>>20))
	}
	// A checkout on Windows may have turned the line ends.
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		return fail("it is not JSON")
	}
	switch {
	case e.Version > Version:
		return fail(fmt.Sprintf("a newer imjoy wrote it (format %d)", e.Version))
	case e.Version != Version:
		return fail("it does not say its version")
	}
	var body bytes.Buffer
	if err := json.Compact(&body, e.Plugins); err != nil || hash(body.Bytes()) != e.Checksum {
		return fail("its checksum is wrong: it was changed by something else than `imjoy lock`")
	}
	f := &File{}
	if err := json.Unmarshal(body.Bytes(), &f.Plugins); err != nil {
		return fail("it is not a list of plugins")
	}
	if again, err := f.Encode(); err != nil || !bytes.Equal(again, text) {
		return fail("its bytes were changed by something else than `imjoy lock`")
	}
	if why := f.check(); why != "" {
		return fail(why)
	}
	return f, nil
}

// check looks for what a lock must have, and returns what is wrong.
func (f *File) check() string {
	if len(f.Plugins) > maxPlugins {
		return fmt.Sprintf("it lists more than %d plugins", maxPlugins)
	}
	for i := range f.Plugins {
		p := &f.Plugins[i]
		if p.Name == "" || p.Address == "" || p.URL == "" || !isHash(p.SHA256) || p.Config != "" && !isHash(p.Config) {
			return fmt.Sprintf("plugin %d is not complete", i+1)
		}
		for _, r := range p.Requirements {
			if r.URL == "" || !isHash(r.SHA256) {
				return fmt.Sprintf("a requirement of plugin %q is not complete", p.Name)
			}
		}
		for _, d := range p.Dependencies {
			if f.Find(d.Name, d.Origin) == nil {
				return fmt.Sprintf("dependency %q of plugin %q is missing", d.Name, p.Name)
			}
		}
	}
	return ""
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == s
}
