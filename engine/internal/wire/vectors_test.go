package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// testdata is shared with the Python shim, whose tests read the same files.
const testdata = "../../testdata/wire"

// vector is one value: as JSON of package value, and as it stands in a frame.
type vector struct {
	Name       string          `json:"name"`
	Value      json.RawMessage `json:"value"`
	Wire       json.RawMessage `json:"wire"`
	Buffers    []string        `json:"buffers"`     // hexadecimal
	DecodeOnly bool            `json:"decode_only"` // other sides may write it otherwise
}

// frameVector is the bytes of one frame. Without a header the bytes are refused.
type frameVector struct {
	Name    string          `json:"name"`
	Bytes   string          `json:"bytes"` // hexadecimal
	Header  json.RawMessage `json:"header"`
	Buffers []string        `json:"buffers"`
}

func load[T any](t testing.TB, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	var list []T
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(name, err)
	}
	return list
}

func unhex(t testing.TB, list []string) (out [][]byte) {
	t.Helper()
	for _, text := range list {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func compact(t testing.TB, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out.String()
}

func TestValueVectors(t *testing.T) {
	for _, v := range load[vector](t, "values.json") {
		t.Run(v.Name, func(t *testing.T) {
			decoded, err := Payload{Values: v.Wire, Buffers: unhex(t, v.Buffers)}.Result()
			if err != nil {
				t.Fatal(err)
			}
			text, err := value.JSON(decoded)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(compact(t, v.Value), string(text)); diff != "" {
				t.Errorf("decoded: %s", diff)
			}
			if v.DecodeOnly {
				return
			}
			fromJSON, err := value.FromJSON(v.Value)
			if err != nil {
				t.Fatal(err)
			}
			encoded, err := EncodeResult(fromJSON)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(compact(t, v.Wire), string(encoded.Values)); diff != "" {
				t.Errorf("encoded: %s", diff)
			}
			if diff := cmp.Diff(unhex(t, v.Buffers), encoded.Buffers); diff != "" {
				t.Errorf("buffers: %s", diff)
			}
		})
	}
}

func TestMalformedValueVectors(t *testing.T) {
	for _, v := range load[vector](t, "malformed.json") {
		if got, err := (Payload{Values: v.Wire, Buffers: unhex(t, v.Buffers)}).Result(); err == nil {
			t.Errorf("%s gives %v", v.Name, got)
		}
	}
}

func TestFrameVectors(t *testing.T) {
	for _, v := range load[frameVector](t, "frames.json") {
		t.Run(v.Name, func(t *testing.T) {
			data, err := hex.DecodeString(v.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			f, err := ReadFrame(bytes.NewReader(data), 0)
			if v.Header == nil {
				if err == nil {
					t.Fatalf("was read as %s", f.Header)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(compact(t, v.Header), compact(t, f.Header)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(unhex(t, v.Buffers), f.Buffers); diff != "" {
				t.Error(diff)
			}
			var out bytes.Buffer
			if err := WriteFrame(&out, f); err != nil || !bytes.Equal(out.Bytes(), data) {
				t.Errorf("written as %x, %v", out.Bytes(), err)
			}
		})
	}
}
