package pyenv

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

func TestExport(t *testing.T) {
	d := declare(t, `{"env": ["conda create -n x -c forge python=3.11 opencv cudatoolkit=9.0", "export THREADS=2"],
		"requirements": ["pip: 'numpy[a]>=1,<2; os_name == \"nt\"'", "repo: https://h.example/tools dir/tools"]}`)
	resolved := &requirement.Resolved{Python: "3.11.4", Platform: "linux-x86_64", Packages: []requirement.ResolvedPackage{{Name: "numpy", Version: "1.5", Hashes: []string{"sha256:ab", "sha256:cd"}}},
		Repos: []requirement.ResolvedClone{{URL: "https://h.example/tools", Dir: "dir/tools", Commit: "0123"}}}
	e := newWorld(t).open()
	for _, test := range []struct {
		format   string
		resolved *requirement.Resolved
		want     []string
	}{
		{"requirements", nil, []string{"# The Python environment of the plugin Cell Count 1.2.", "# the conda package cudatoolkit is left out", "# Python ==3.11.*", "# git clone https://h.example/tools dir/tools  (HEAD)",
			"numpy[a]>=1,<2 ; os_name == \"nt\"", "opencv-python-headless"}},
		{"requirements", resolved, []string{"# Resolved for Python 3.11.4 on linux-x86_64.", "numpy==1.5 \\\n    --hash=sha256:ab \\\n    --hash=sha256:cd", "(0123)"}},
		{"pyproject", resolved, []string{`name = "cell-count-env"`, `version = "1.2"`, `requires-python = "==3.11.*"`, `    "numpy[a]>=1,<2 ; os_name == \"nt\"",`}},
		{"dockerfile", nil, []string{"FROM python:3.11-slim", `RUN ["git","-C","dir/tools","fetch","--quiet","--depth=1","--","https://h.example/tools","HEAD"]`, `ENV THREADS="2"`, "COPY <<'END_' requirements.txt", `RUN ["pip","install","--no-cache-dir","-r","requirements.txt"]`}},
		{"dockerfile", resolved, []string{`"FETCH_HEAD"`, `"https://h.example/tools","0123"]`, `"--no-deps"`}},
		{"conda", nil, []string{`name: "cell-count"`, `  - "forge"`, `  - "python=3.11"`, `  - "cudatoolkit=9.0"`, `      - "numpy[a]>=1,<2 ; os_name == \"nt\""`, `  THREADS: "2"`}},
	} {
		text, err := e.Export(test.format, "Cell Count", "1.2", d, test.resolved)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", test.format, want, text)
			}
		}
	}
	if _, err := e.Export("docker", "x", "1", d, nil); err == nil {
		t.Error("an unknown format")
	}
	var unmet *UnmetError
	if _, err := e.Export("requirements", "x", "1", declare(t, `{"requirements": "conda: affogato"}`), nil); !errors.As(err, &unmet) {
		t.Errorf("a package without a name: %v", err)
	}
}

// A package may have any name, and what follows it must not become an instruction.
func TestNoPackageEndsTheList(t *testing.T) {
	d := declare(t, `{"requirements": ["END", "END_", "ADD @ https://h.example/x-1-py3-none-any.whl"]}`)
	text, err := newWorld(t).open().Export("dockerfile", "x", "1", &requirement.Declaration{Pip: d.Pip}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(text, "<<'END_' requirements.txt\n")
	list, after, _ := strings.Cut(rest, "\nEND_\n")
	if !strings.Contains(list, "ADD @ https") || strings.Contains(after, "ADD") || strings.Contains(list, "\nEND_") {
		t.Errorf("the list ends early:\n%s", text)
	}
}

// TestExportsStayOnTheirLines: a name, a version, a variable or a command of a plugin
// begins no line of its own.
func TestExportsStayOnTheirLines(t *testing.T) {
	d := declare(t, `{"env": {"type": "variable", "options": {"A": "x\" $(touch y) ${HOME} \\"}}, "requirements": ["six", "cmd: echo 'a $(b) \"c\"'"]}`)
	hostile := "x\nRUN touch sentinel\r\n--index-url https://evil.example\u2028[evil]"
	e := newWorld(t).open()
	for _, format := range Formats {
		plain, err := e.Export(format, "x", "1", d, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := e.Export(format, hostile, hostile, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Count(plain, "\n"), strings.Count(text, "\n")); diff != "" || strings.ContainsAny(text, "\r\u2028") {
			t.Errorf("%s has other lines:\n%s", format, text)
		}
		for line := range strings.Lines(text) {
			if strings.Contains(line, "sentinel") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "name") {
				t.Errorf("%s: %q", format, line)
			}
			if strings.HasPrefix(line, "ENV") && line != `ENV A="x\" \$(touch y) \${HOME} \\"`+"\n" {
				t.Errorf("%s: %q", format, line)
			}
			if strings.HasPrefix(line, `RUN ["echo"`) && line != `RUN ["echo","a $(b) \"c\""]`+"\n" {
				t.Errorf("%s: %q", format, line)
			}
		}
	}
}
