package engine_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The page that says which test holds which promise names tests that are there.
func TestContainmentNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("../docs/containment.md")
	if err != nil {
		t.Fatal(err)
	}
	rooms := regexp.MustCompile("`([a-z/]+)`((?:,? (?:Test|Fuzz)[A-Za-z]+)+)").FindAllStringSubmatch(string(page), -1)
	if len(rooms) < 20 {
		t.Fatalf("only %d lines name tests", len(rooms))
	}
	for _, room := range rooms {
		files, _ := filepath.Glob("../" + room[1] + "/*_test.go")
		var all strings.Builder
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		for _, name := range strings.FieldsFunc(room[2], func(r rune) bool { return r == ' ' || r == ',' }) {
			if !strings.Contains(all.String(), "func "+name+"(") {
				t.Errorf("%s has no %s", room[1], name)
			}
		}
	}
}
