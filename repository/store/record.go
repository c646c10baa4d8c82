package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// formatVersion is the version of the record files.
const formatVersion = 1

// Record is one installed plugin: the version in use and those before it.
type Record struct {
	Name string `json:"name"`
	// Origin names where the plugin comes from without its version: records of one
	// name and another origin are another plugin.
	Origin string `json:"origin"`
	// Requested tells a plugin that a person asked for from a mere dependency.
	Requested bool `json:"requested"`
	Version
	Previous *Version `json:"previous,omitempty"`
	// Older are further versions to go back to, the latest in use first.
	Older []Version `json:"older,omitempty"`
}

// Version is one content of a plugin, with what was known when it came.
type Version struct {
	Address      string   `json:"address"`          // to get it again, without credentials
	Commit       string   `json:"commit,omitempty"` // full id; empty when only the hash pins it
	URL          string   `json:"url"`              // of the document, before mirrors, without credentials
	Size         int64    `json:"size"`
	SHA256       string   `json:"sha256"`
	Tag          string   `json:"tag,omitempty"`
	Type         string   `json:"type,omitempty"`
	Number       string   `json:"plugin_version,omitempty"` // as the plugin calls it
	Description  string   `json:"description,omitempty"`
	Dependencies []Pin    `json:"dependencies,omitempty"` // all of them, each before what needs it
	Permissions  []string `json:"permissions,omitempty"`  // as agreed to
	Assets       []Asset  `json:"assets,omitempty"`       // what its scripts load by URL
	// Environment is what its Python packages were resolved to, with their hashes: the
	// JSON of whoever resolved them. It is compact, nil for none.
	Environment json.RawMessage `json:"environment,omitempty"`
	Installed   time.Time       `json:"installed"`
}

// Asset is something that a plugin's scripts load by URL, at the content it had.
type Asset struct {
	URL         string `json:"url"`                    // as the plugin names it, without credentials
	Resolved    string `json:"resolved,omitempty"`     // where it was found in the end, if elsewhere
	Kind        string `json:"kind"`                   // "script", "import", "require", "style", "data"
	ContentType string `json:"content_type,omitempty"` // as the server said
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
}

// Pin is a dependency at exactly the content that was installed with the plugin.
// It holds even when another plugin brings another version of the same name.
type Pin struct {
	Name   string   `json:"name"`
	Origin string   `json:"origin"`
	SHA256 string   `json:"sha256"`
	Tag    string   `json:"tag,omitempty"`
	Wanted []string `json:"wanted,omitempty"` // addresses under which the plugin and its dependencies want it

	// What the record of the dependency itself says, so that the pin is enough to get
	// it again.
	Address     string          `json:"address,omitempty"`
	Commit      string          `json:"commit,omitempty"`
	URL         string          `json:"url,omitempty"`
	Permissions []string        `json:"permissions,omitempty"`
	Assets      []Asset         `json:"assets,omitempty"`
	Environment json.RawMessage `json:"environment,omitempty"`
}

// blobs yields the hash of everything the record needs.
func (r *Record) blobs(yield func(string) bool) {
	for _, v := range append([]Version{r.Version}, r.Before()...) {
		for sum := range v.Blobs {
			if !yield(sum) {
				return
			}
		}
	}
}

// Before returns the versions to go back to, the latest in use first.
func (r *Record) Before() []Version {
	if r.Previous == nil {
		return nil
	}
	return append([]Version{*r.Previous}, r.Older...)
}

// KeepBefore sets the versions to go back to, the latest in use first: those that differ
// from the one in use and from each other, and no more than maxVersions.
func (r *Record) KeepBefore(list []Version) {
	r.Previous, r.Older = nil, nil
	kept := []Version{r.Version}
	for _, v := range list {
		if len(kept) > maxVersions || slices.ContainsFunc(kept, func(o Version) bool { return v.Same(&o) }) {
			continue
		}
		kept = append(kept, v)
	}
	if len(kept) > 1 {
		r.Previous = &kept[1]
	}
	if len(kept) > 2 {
		r.Older = kept[2:]
	}
}

// Same reports whether two versions run the same plugins: the content and tag of this one
// and of all that it depends on. Where they came from and when may differ.
func (v *Version) Same(o *Version) bool {
	return v.SHA256 == o.SHA256 && v.Tag == o.Tag && slices.EqualFunc(v.Dependencies, o.Dependencies, func(a, b Pin) bool {
		return a.Name == b.Name && a.SHA256 == b.SHA256 && a.Tag == b.Tag
	})
}

// Blobs yields the hash of everything a version needs: its document, what its
// scripts load, and the same of its dependencies.
func (v *Version) Blobs(yield func(string) bool) {
	if !yield(v.SHA256) || !yieldAssets(v.Assets, yield) {
		return
	}
	for _, pin := range v.Dependencies {
		if !yield(pin.SHA256) || !yieldAssets(pin.Assets, yield) {
			return
		}
	}
}

func yieldAssets(assets []Asset, yield func(string) bool) bool {
	for _, f := range assets {
		if !yield(f.SHA256) {
			return false
		}
	}
	return true
}

// DependsOn reports whether the version in use pins a plugin of this name.
func (r *Record) DependsOn(name string) bool {
	return slices.ContainsFunc(r.Dependencies, func(p Pin) bool { return p.Name == name })
}

// envelope is a record file. The checksum covers the bytes of Record as they stand
// in the file.
type envelope struct {
	Version  int             `json:"version"`
	Checksum string          `json:"sha256"`
	Record   json.RawMessage `json:"record"`
}

func encodeRecord(r *Record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(envelope{Version: formatVersion, Checksum: hash(body), Record: body})
	return out.Bytes(), err
}

// decodeRecord accepts exactly what encodeRecord writes: a file that says the same
// in other bytes was not written by us.
func decodeRecord(file string, text []byte) (*Record, error) {
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, &CorruptError{file, "it is not JSON"}
	}
	if e.Version > formatVersion {
		return nil, &NewerError{file, e.Version}
	}
	var body bytes.Buffer
	if err := json.Compact(&body, e.Record); err != nil || hash(body.Bytes()) != e.Checksum {
		return nil, &CorruptError{file, "its checksum is wrong"}
	}
	var r Record
	if err := json.Unmarshal(body.Bytes(), &r); err != nil { // compact, as what is kept raw was
		return nil, &CorruptError{file, "it is not a record"}
	}
	if again, err := encodeRecord(&r); err != nil || !bytes.Equal(again, text) {
		return nil, &CorruptError{file, "its bytes were changed"}
	}
	return &r, r.check()
}

// check tells whether a record can be kept: what names files must be well formed.
func (r *Record) check() error {
	if r.Name == "" {
		return errors.New("a record without a name")
	}
	for sum := range r.blobs {
		if !isHash(sum) {
			return errors.New("a record with something that is no hash")
		}
	}
	return nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == s
}
