package app

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// What a run got and answered is the same after a restart, bytes of files included.
func TestKeptRunsComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.json")
	run := value.NewObject("config", value.NewObject("n", 7.0),
		"data", &value.File{Name: "a.csv", Type: "text/csv", Size: 3, Data: []byte("1,2")},
		"value", &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2}, Data: []byte{4, 5}})
	openHistory(path, time.Now).add(historyEntry{At: time.Unix(5, 0), Name: "Sum"}, run, repeating{})

	again := openHistory(path, time.Now)
	list := again.list()
	if len(list) != 1 || !list[0].Kept || list[0].Name != "Sum" {
		t.Fatalf("the history is %+v", list)
	}
	got, err := again.kept(list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if jsonText(got.Get("config")) != `{"n":7}` {
		t.Errorf("config is %s", jsonText(got.Get("config")))
	}
	if f, ok := got.Get("data").(*value.File); !ok || f.Name != "a.csv" || string(f.Data) != "1,2" {
		t.Errorf("data is %#v", got.Get("data"))
	}
	if a, ok := got.Get("value").(*ndarray.Array); !ok || !bytes.Equal(a.Data, []byte{4, 5}) {
		t.Errorf("value is %#v", got.Get("value"))
	}
}

// Of a run that is too large the line stays; one that leaves the history leaves the disk.
func TestKeptRunsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.json")
	h := openHistory(path, time.Now)
	h.add(historyEntry{At: time.Unix(5, 0)}, value.NewObject("value", make([]byte, maxKept)), repeating{})
	if list := h.list(); len(list) != 1 || list[0].Kept {
		t.Fatalf("the history is %+v", list)
	}
	at := time.Unix(6, 0)
	h.add(historyEntry{At: at}, value.NewObject("value", 1.0), repeating{})
	first := h.list()[0].ID
	for range maxRuns {
		h.runs = append(h.runs, historyEntry{At: at, ID: h.runs[len(h.runs)-1].ID + 1})
	}
	h.add(historyEntry{At: at}, value.NewObject("value", 2.0), repeating{}) // the same moment is another run
	if list := h.list(); len(list) != maxRuns || list[0].ID == list[1].ID {
		t.Fatalf("%d runs are remembered", len(list))
	}
	if _, err := h.kept(first); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a run that was forgotten: %v", err)
	}
	if files, err := os.ReadDir(path + ".runs"); err != nil || len(files) != 1 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
}
