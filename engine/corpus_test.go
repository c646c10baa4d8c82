package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// TestCorpusOpens opens the web-worker plugins of the public corpus. Each of them
// starts, or says what it lacks; none hangs, and none finds a fault of ours.
func TestCorpusOpens(t *testing.T) {
	root := os.Getenv("IMJOY_CORPUS")
	if root == "" {
		t.Skip("IMJOY_CORPUS is not set: it names a folder with the public plugins")
	}
	opened, lacking := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".imjoy.html") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, found := pluginfile.Parse(path, text)
		plan, _ := tags.Resolve(doc, "")
		if len(pluginfile.Blocking(found)) > 0 || plan == nil || plan.Type != "web-worker" {
			return nil
		}
		o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Timeout: 10 * time.Second}, Host: engine.Host{Settings: settings{}, Files: folder{}, Dialogs: people{}}}
		p, err := engine.Open(t.Context(), plan, o)
		if err != nil {
			lacking++
			t.Logf("%s: %v", filepath.Base(path), err)
			var thrown *engine.ScriptError
			if !errors.As(err, &thrown) || strings.Contains(err.Error(), "bug in imjoy") {
				t.Errorf("%s: %v", path, err)
			}
			return nil
		}
		opened++
		return p.Close(context.Background())
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d plugins opened, %d said what they lack", opened, lacking)
	if opened == 0 {
		t.Error("no plugin opened")
	}
}
