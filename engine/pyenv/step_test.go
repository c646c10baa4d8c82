package pyenv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Installers hide most credentials themselves; commands, git and tracebacks do not.
func TestLogsHaveNoCredentials(t *testing.T) {
	log, err := openLog(filepath.Join(t.TempDir(), "build.log"))
	if err != nil {
		t.Fatal(err)
	}
	log.begin("run it", "git clone https://me:planted@h.example/a.git")
	log.line("fatal: https://planted@h.example/a.git and https://h.example/?token=planted")
	log.line("ghp_plantedplantedplantedplanted0123")
	tail := log.tail()
	log.close()
	text, err := os.ReadFile(log.path)
	if err != nil || !strings.Contains(string(text), "h.example/a.git") {
		t.Fatalf("%q, %v", text, err)
	}
	if strings.Contains(string(text)+tail, "planted") {
		t.Errorf("they are in the log: %s", text)
	}
}
