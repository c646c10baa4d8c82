package main

import (
	"strings"
	"testing"
)

func TestTagIsAskedForOnATerminal(t *testing.T) {
	text := strings.Replace(pythonPlugin("Py"), `"description"`, `"tags": ["Windows", "GPU", "stable"], "requirements": {"GPU": ["torch"], "stable": ["numpy"]}, "description"`, 1)
	for _, test := range []struct {
		name, answer string
		tty          bool
		flags        []string
		code         int
		tag          string
	}{
		{"a number", "2\ny\n", true, nil, exitFine, "GPU"},
		{"a name", "stable\ny\n", true, nil, exitFine, "stable"},
		{"return", "\ny\n", true, nil, exitFine, "Windows"},
		{"nonsense first", "9\nnope\n3\ny\n", true, nil, exitFine, "stable"},
		{"end of input", "", true, nil, exitUsage, ""},
		{"no at the sheet", "2\nn\n", true, nil, exitRefused, ""},
		{"a flag", "y\n", true, []string{"--tag", "GPU"}, exitFine, "GPU"},
		{"--yes takes the first", "", true, []string{"--yes"}, exitFine, "Windows"},
		{"no terminal", "", false, []string{"--yes"}, exitFine, "Windows"},
		{"auto", "", false, []string{"--tag", "auto", "--yes"}, exitFine, "stable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			m.tty, m.answer = test.tty, test.answer
			m.env["CUDA_VISIBLE_DEVICES"] = "-1"
			m.write("p.imjoy.html", text)
			_, stderr := m.must(test.code, append([]string{"install", "p.imjoy.html"}, test.flags...)...)
			if asked := strings.Contains(stderr, "Py has 3 tags:\n"); asked != (test.tty && len(test.flags) == 0) {
				t.Errorf("asked: %v: %s", asked, stderr)
			}
			if test.tag == "" {
				return
			}
			if out, _ := m.must(exitFine, "list"); !strings.Contains(out, " "+test.tag+" ") {
				t.Errorf("installed: %s", out)
			}
			if test.name == "a number" && !strings.Contains(stderr, "  2  GPU: torch\n") {
				t.Errorf("what a tag brings: %s", stderr)
			}
			if test.name == "auto" && !strings.Contains(stderr, `tag "stable": this is linux on`) && !strings.Contains(stderr, "graphics") {
				t.Errorf("why: %s", stderr)
			}
			// The choice holds: nobody is asked again.
			m.answer = ""
			if _, stderr := m.must(exitFine, "install", "p.imjoy.html"); strings.Contains(stderr, "Which one") {
				t.Error("asked again")
			}
		})
	}
}
