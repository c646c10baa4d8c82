package pyodide

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

const (
	// Version is the release of Pyodide.
	Version = "314.0.7"
	// Package names it in the registry of npm.
	Package = "npm:pyodide@" + Version
	// Archive is what the registry serves, in bytes.
	Archive = 6_488_647
	// Python is its version of Python.
	Python = "3.14.2"

	python      = "3.14"   // as markers write it
	abi         = "2026_0" // of its extension modules
	releasePage = "https://cdn.jsdelivr.net/pyodide/v" + Version + "/full/"
	lockName    = "pyodide-lock.json"
)

// Files are the parts of the package that a page loads, with their SHA-256.
var Files = map[string]string{
	"pyodide.mjs":       "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
	"pyodide.asm.mjs":   "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
	"pyodide.asm.wasm":  "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
	"python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
	lockName:            "5dc2fc119108bc148c7457dc86e7675b5c87e1cafd420b9c34c1eaef7b36c010",
}

// Check compares a part with its hash.
func Check(name string, data []byte) error {
	want, ok := Files[name]
	if !ok {
		return fmt.Errorf("a page loads no %q of Pyodide", name)
	}
	return verify("pyodide "+Version+"/"+name, data, want)
}

// ChangedError is a file that is not the one that is pinned or locked.
type ChangedError struct{ File, Want, Is string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s is not what it was: its sha256 is %.12s, and %.12s is wanted", e.File, e.Is, e.Want)
}

func verify(name string, data []byte, want ...string) error {
	sum := sha256.Sum256(data)
	is := hex.EncodeToString(sum[:])
	for _, w := range want {
		if is == w {
			return nil
		}
	}
	return &ChangedError{name, fmt.Sprint(want), is}
}

// release lists the packages that were built for Pyodide.
type release struct {
	Packages map[string]struct {
		File    string   `json:"file_name"`
		SHA256  string   `json:"sha256"`
		Version string   `json:"version"`
		Kind    string   `json:"package_type"`
		Depends []string `json:"depends"`
	} `json:"packages"`
}

func readRelease(lock []byte) (*release, error) {
	var r release
	if err := json.Unmarshal(lock, &r); err != nil {
		return nil, fmt.Errorf("read %s: %w", lockName, err)
	}
	return &r, nil
}
