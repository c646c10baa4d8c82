package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/server"
)

const keptFolder = "IMJOY_TEST_KEEPS_IN"

// keeping saves runs and the look of a page without end, and says what is saved.
func keeping(dir string) {
	h := openHistory(filepath.Join(dir, "w.json"), time.Now)
	page := &Page{history: h}
	pad := strings.Repeat("x", 50_000)
	for n := len(h.list()) + 1; ; n++ {
		run := value.NewObject("n", float64(n), "pad", pad)
		job := server.Job{Plugin: "a.imjoy.html", Data: pad}
		kept, _ := h.add(historyEntry{At: time.Now(), Name: strconv.Itoa(n)}, run, repeating{flags: []string{"imjoy"}, data: []byte(jsonText(job.Data))})
		look, _ := json.Marshal(map[string]any{"version": 1, "n": n, "pad": pad})
		if err := page.keepLook(look); err != nil || kept == 0 {
			fmt.Println("failed", err)
			return
		}
		fmt.Println(n, kept)
	}
}

// A program that is killed while it saves, whenever that is, loses nothing that it had
// saved: not the history, not what the runs got, not what the page looked like.
func TestKilledWhileSaving(t *testing.T) {
	if dir := os.Getenv(keptFolder); dir != "" {
		keeping(dir)
		return
	}
	dir := t.TempDir()
	saved, ids := 0, map[int]int64{}
	for round := range 12 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileSaving$")
		child.Env = append(os.Environ(), keptFolder+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		first := true
		for lines.Scan() {
			var n int
			var id int64
			if _, err := fmt.Sscan(lines.Text(), &n, &id); err != nil {
				t.Fatalf("the child says %q", lines.Text())
			}
			saved, ids[n] = n, id
			if first { // the rest of its life is another moment each time
				first = false
				time.AfterFunc(time.Duration(round*1700)*time.Microsecond, func() { _ = child.Process.Kill() })
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = child.Wait()

		h := openHistory(filepath.Join(dir, "w.json"), time.Now)
		list := h.list()
		if len(list) < saved || len(list) > saved+1 {
			t.Fatalf("%d runs were saved, %d are there", saved, len(list))
		}
		if list[len(list)-1].Name != "1" || list[len(list)-saved].Name != strconv.Itoa(saved) {
			t.Fatalf("the runs are others: %+v", list[len(list)-saved])
		}
		run, err := h.kept(ids[saved])
		if err != nil || run.Get("n") != float64(saved) {
			t.Fatalf("run %d: %v", saved, err)
		}
		var look struct{ N int }
		if err := json.Unmarshal((&Page{history: h}).keptLook(), &look); err != nil || look.N < saved || look.N > saved+1 {
			t.Fatalf("the look is of %d, not of %d: %v", look.N, saved, err)
		}
		saved = len(list)
		if ids[saved] == 0 {
			ids[saved] = list[0].ID
		}
	}
	if saved < 12 {
		t.Errorf("only %d runs were saved", saved)
	}
}

// A history that this program cannot read is not written over.
func TestHistoryOfOthersStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.json")
	const newer = `{"version": 2, "runs": {}}`
	if err := os.WriteFile(path, []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	h := openHistory(path, time.Now)
	h.add(historyEntry{At: time.Unix(5, 0)}, value.NewObject(), repeating{})
	if text, err := os.ReadFile(path + ".unread"); err != nil || string(text) != newer {
		t.Errorf("%v %s", err, text)
	}
	if len(openHistory(path, time.Now).list()) != 1 {
		t.Error("a new history does not begin")
	}
}
