package pyodide

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// maxMetadata is how much of a wheel's description is read, in bytes.
const maxMetadata = 4 << 20

// requiredBy reads what a wheel needs beside itself, as it says.
func requiredBy(wheel []byte, extras []string) ([]requirement.Package, error) {
	files, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		return nil, fmt.Errorf("open the wheel: %w", err)
	}
	for _, f := range files.File {
		if folder, ok := strings.CutSuffix(f.Name, ".dist-info/METADATA"); !ok || strings.Contains(folder, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("open the wheel: %w", err)
		}
		defer r.Close()
		head, err := textproto.NewReader(bufio.NewReader(io.LimitReader(r, maxMetadata))).ReadMIMEHeader()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read what the wheel says of itself: %w", err)
		}
		return requires(head.Values("Requires-Dist"), extras)
	}
	return nil, errors.New("the wheel does not say what it needs")
}
