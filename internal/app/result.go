package app

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Results of up to these sizes are printed; larger parts go to files.
const (
	maxPrintedElements = 1000
	maxPrintedBytes    = 64 << 10
)

// Output writes what a run answers: small values as JSON, large arrays and bytes to
// files of Folder, named in the JSON under "path". With a folder, files that the
// plugin made are kept however small they are.
type Output struct {
	Folder string // as the person typed it; "" writes no files: large parts are described instead
	Dir    string // where a relative Folder starts from
	// Left counts the parts that were only described.
	Left int
	// Alive counts functions, which are only named.
	Alive int
	// Wrote are the files that were written, in order.
	Wrote []string

	mu sync.Mutex // held while a file is written: plugins export while others do
}

// JSON returns the text of a result, without a line break at its end.
func (o *Output) JSON(v value.Value) ([]byte, error) {
	v, err := o.reduce(v, "result", 0)
	if err != nil {
		return nil, err
	}
	return value.JSON(v)
}

// reduce replaces large parts of a value by objects that say where they are. name is
// the file's, made of the keys that lead to the part.
func (o *Output) reduce(v value.Value, name string, depth int) (value.Value, error) {
	if depth > value.MaxDepth {
		return v, nil // value.JSON says what is wrong with it
	}
	switch v := v.(type) {
	case *ndarray.Array:
		if v.Len() <= maxPrintedElements && len(v.Data) <= maxPrintedBytes {
			return v, nil
		}
		return o.array(v, name)
	case []byte:
		if len(v) <= maxPrintedBytes {
			return v, nil
		}
		return o.keep(value.NewObject("_rtype", "bytes", "_rsize", float64(len(v))), v, name+".bin")
	case *value.Blob:
		if len(v.Data) <= maxPrintedBytes && o.Folder == "" {
			return v, nil
		}
		return o.keep(value.NewObject("_rtype", "blob", "_rmime", v.Type, "_rsize", float64(len(v.Data))), v.Data, name+extension(v.Type))
	case *value.File:
		if v.Path != "" || len(v.Data) <= maxPrintedBytes && o.Folder == "" {
			return v, nil
		}
		return o.keep(value.NewObject("_rtype", "file", "_rname", v.Name, "_rmime", v.Type, "_rsize", float64(len(v.Data))), v.Data, lastName(v.Name))
	case *value.Function:
		o.Alive++
		return value.NewObject("_rtype", "function"), nil
	case *value.Interface:
		members, err := o.reduce(v.Members, name, depth+1)
		return value.NewObject("_rtype", "interface", "_rvalue", members), err
	case *value.Set:
		list, err := o.list(v.Items, name, depth)
		return &value.Set{Items: list}, err
	case []any:
		return o.list(v, name, depth)
	case *value.Map:
		pairs := make([][2]value.Value, len(v.Pairs))
		for i, pair := range v.Pairs {
			list, err := o.list(pair[:], name+"-"+strconv.Itoa(i), depth)
			if err != nil {
				return nil, err
			}
			pairs[i] = [2]value.Value(list)
		}
		return &value.Map{Pairs: pairs}, nil
	case *value.Object:
		if v == nil {
			return nil, nil
		}
		object := value.NewObject()
		for key, item := range v.All() {
			part, err := o.reduce(item, name+"-"+key, depth+1)
			if err != nil {
				return nil, err
			}
			object.Set(key, part)
		}
		return object, nil
	}
	return v, nil
}

func (o *Output) list(items []any, name string, depth int) ([]any, error) {
	list := make([]any, len(items))
	for i, item := range items {
		part, err := o.reduce(item, name+"-"+strconv.Itoa(i), depth+1)
		if err != nil {
			return nil, err
		}
		list[i] = part
	}
	return list, nil
}

// keep writes data beside its description, or says that it was left out.
func (o *Output) keep(described *value.Object, data []byte, name string) (value.Value, error) {
	if o.Folder == "" {
		o.Left++
		return described, nil
	}
	path, err := o.write(name, data)
	described.Set("path", path)
	return described, err
}

// extension is what files of a MIME type end with.
func extension(kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	if known := mimetype.Lookup(kind); known != nil && known.Extension() != "" {
		return known.Extension()
	}
	return ".bin"
}

// lastName is a file's name without the folders that a plugin put before it.
func lastName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// array describes a large array. With a folder it is kept there: what is a picture
// as PNG, everything else as .npy.
func (o *Output) array(a *ndarray.Array, name string) (value.Value, error) {
	shape := make([]any, len(a.Shape))
	for i, n := range a.Shape {
		shape[i] = float64(n)
	}
	object := value.NewObject("_rtype", "ndarray", "_rdtype", string(a.DType), "_rshape", shape)
	if o.Folder == "" {
		o.Left++
		s := a.Summarize()
		for _, part := range []struct {
			key string
			n   float64
		}{{"min", s.Min}, {"max", s.Max}, {"mean", s.Mean}} {
			if !math.IsNaN(part.n) && !math.IsInf(part.n, 0) {
				object.Set(part.key, part.n)
			}
		}
		return object, nil
	}
	var data bytes.Buffer
	ext, write := ".npy", a.WriteNPY
	if _, ok := a.Image(); ok && a.DType == "uint8" {
		ext, write = ".png", a.WritePNG
	}
	if err := write(&data); err != nil {
		return nil, fmt.Errorf("write %s: %w", name+ext, err)
	}
	return o.keep(object, data.Bytes(), name+ext)
}

// maxFileName is the longest name that is given to a file, in bytes.
const maxFileName = 120

// fileName makes a name that is one on every system, and shows no folder, no hidden
// file and nothing that a shell takes for a flag.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, name)
	name = strings.TrimRight(strings.TrimLeft(name, ".-"), ".")
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if len(ext) > 16 {
		stem, ext = name, ""
	}
	for len(stem)+len(ext) > maxFileName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if stem == "" || !filepath.IsLocal(stem+ext) || isDevice(stem) {
		stem = "result" + stem
	}
	return stem + ext
}

// isDevice tells the names that are devices on Windows, whatever follows a dot.
func isDevice(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	if len(name) == 4 && name[3] >= '0' && name[3] <= '9' {
		return name[:3] == "com" || name[:3] == "lpt"
	}
	return slices.Contains([]string{"con", "prn", "aux", "nul"}, name)
}

// write keeps data under a name of the folder; nothing that is there is replaced.
// The path is returned as the person would write it.
func (o *Output) write(name string, data []byte) (path string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	folder := o.Folder
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(o.Dir, folder)
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", fmt.Errorf("make the folder of --output: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", fmt.Errorf("open the folder of --output: %w", err)
	}
	defer root.Close()
	f, name, err := newFile(root, fileName(name))
	if err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = root.Remove(name) // half a file is worse than none
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	path = filepath.Join(o.Folder, name)
	o.Wrote = append(o.Wrote, path)
	return path, nil
}

// maxSameName is how many files of one name are told apart by a number.
const maxSameName = 10_000

// newFile makes a file that was not there: name.ext, name-2.ext, ...
func newFile(root *os.Root, name string) (f *os.File, used string, err error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for i := 1; ; i++ {
		if i > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, i, ext)
		}
		f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !os.IsExist(err) || i == maxSameName {
			return f, name, err
		}
	}
}
