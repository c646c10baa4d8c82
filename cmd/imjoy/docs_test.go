package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// TestDocsServe reads a page, changes its plugin, reads it again, and interrupts.
func TestDocsServe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "blur.imjoy.html")
	write := func(description string) {
		t.Helper()
		text := `<config lang="json">{"name": "Blur", "type": "window", "description": "` + description + `"}</config>`
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("First.")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader, writer := io.Pipe()
	var talk bytes.Buffer
	done := make(chan int, 1)
	go func() {
		a := &app.App{Stdin: strings.NewReader(""), Stdout: writer, Stderr: &talk, Dir: dir, Now: time.Now, Env: func(string) string { return "" }}
		done <- run(ctx, a, []string{"docs", "serve", ".", "--no-open"})
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		t.Helper()
		answer, err := http.Get(strings.TrimSpace(line) + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d, %v", path, answer.StatusCode, err)
		}
		return string(body)
	}
	if body := get("plugins/blur.html"); !strings.Contains(body, "First.") {
		t.Errorf("the page does not show the plugin:\n%s", body)
	}
	write("Second, and longer.")
	if body := get("plugins/blur.html"); !strings.Contains(body, "Second, and longer.") {
		t.Errorf("the page does not show the change:\n%s", body)
	}
	// A picture that comes later is shown as well.
	write("Third.")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append(text, "\n<docs>![dot](dot.gif)</docs>\n"...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if body := get("plugins/blur.html"); strings.Contains(body, "assets/images/") {
		t.Error("there is a picture already")
	}
	if err := os.WriteFile(filepath.Join(dir, "dot.gif"), []byte("GIF89a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if body := get("plugins/blur.html"); !strings.Contains(body, "assets/images/") {
		t.Errorf("the page does not show the picture:\n%s", body)
	}
	cancel()
	select {
	case code := <-done:
		if code != exitFine {
			t.Errorf("exit code %d: %s", code, talk.String())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not end")
	}
}
