package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

const commitOf = "0123456789abcdef0123456789abcdef01234567"

// locked is what a lock may have of the plugins below.
func locked(tag string) *Locked {
	return &Locked{
		Tag:     tag,
		Commits: map[string]string{"o/r:Viewer": commitOf},
		URLs: map[string]string{
			"https://unpkg.com/vue/dist/vue.js": "https://unpkg.com/vue@2.7.16/dist/vue.js",
			"https://unpkg.com/moving":          "https://unpkg.com/moving@latest/index.js",
			"https://unpkg.com/elsewhere":       "https://example.org/elsewhere@1.0.0.js",
		},
		Packages: &requirement.Resolved{
			Packages: []requirement.ResolvedPackage{
				{Name: "numpy", Version: "1.26.4"}, {Name: "scikit-image", Version: "0.24.0"}, {Name: "two", Version: "1"}, {Name: "two", Version: "2"},
				{Name: "x", URL: "git+https://example.org/x.git@" + commitOf},
			},
			Conda: []string{"https://conda.anaconda.org/conda-forge/linux-64/cuda-nvcc-12.4-h0_1.conda#00000000000000000000000000000000"},
			Repos: []requirement.ResolvedClone{{URL: "https://example.org/data.git", Dir: "data", Commit: commitOf}},
		},
	}
}

// fixedByLock makes all fixes of the rules that a lock serves.
func fixedByLock(t *testing.T, text string, l *Locked) string {
	t.Helper()
	judge := func(text []byte) []source.Diagnostic {
		doc, parsed := pluginfile.Parse("a.imjoy.html", text)
		return Run(analysis.Of(doc, parsed, nil), Options{Select: withLock, Locked: l})
	}
	if safe := Fix([]byte(text), false, judge); string(safe.Text) != text {
		t.Errorf("the safe fixes make %s", safe.Text)
	}
	once := Fix([]byte(text), true, judge).Text
	if diff := cmp.Diff(string(once), string(Fix(once, true, judge).Text)); diff != "" {
		t.Errorf("fixing twice (-once +twice):\n%s", diff)
	}
	return string(once)
}

// What a lock has for a plugin is written where the plugin leaves it open, and nothing
// else changes.
func TestPinsFromALock(t *testing.T) {
	const at = "@" + commitOf
	for _, test := range []struct{ name, kind, lang, before, after string }{
		{"a package", "native-python", "python", `"requirements": ["pip: numpy"]`, `"requirements": ["pip: numpy==1.26.4"]`},
		{"several, in their places", "native-python", "python", `"requirements":  ["numpy", "unknown", "pip: Scikit_Image  pillow"]`, `"requirements":  ["numpy==1.26.4", "unknown", "pip: Scikit_Image==0.24.0  pillow"]`},
		{"extras", "native-python", "python", `"requirements": ["scikit-image[data]"]`, `"requirements": ["scikit-image[data]==0.24.0"]`},
		{"bounds of one's own", "native-python", "python", `"requirements": ["numpy>=1.21"]`, `"requirements": ["numpy>=1.21"]`},
		{"two versions", "native-python", "python", `"requirements": ["two"]`, `"requirements": ["two"]`},
		{"conda", "native-python", "python", `"requirements": ["conda: cuda-nvcc numpy"]`, `"requirements": ["conda: cuda-nvcc=12.4 numpy"]`},
		{"git", "native-python", "python", `"requirements": ["git+https://example.org/x.git#egg=x"]`, `"requirements": ["git+https://example.org/x.git` + at + `#egg=x"]`},
		{"git, another", "native-python", "python", `"requirements": ["git+https://example.org/xx.git"]`, `"requirements": ["git+https://example.org/xx.git"]`},
		{"a clone", "native-python", "python", `"requirements": ["repo: https://example.org/data.git data"]`, `"requirements": ["repo: https://example.org/data.git` + at + ` data"]`},
		{"a dependency", "web-worker", "javascript", `"dependencies": ["o/r:Viewer@GPU", "o/r:Other"]`, `"dependencies": ["o/r` + at + `:Viewer@GPU", "o/r:Other"]`},
		{"a link", "web-worker", "javascript", `"dependencies": ["https://github.com/o/r/blob/main/Viewer.imjoy.html"]`, `"dependencies": ["https://github.com/o/r/blob/main/Viewer.imjoy.html"]`},
		{"a script", "window", "javascript", `"requirements": ["https://unpkg.com/vue/dist/vue.js"]`, `"requirements": ["https://unpkg.com/vue@2.7.16/dist/vue.js"]`},
		{"a script that still moves", "window", "javascript", `"requirements": ["https://unpkg.com/moving"]`, `"requirements": ["https://unpkg.com/moving"]`},
		{"a script that is elsewhere", "window", "javascript", `"requirements": ["https://unpkg.com/elsewhere"]`, `"requirements": ["https://unpkg.com/elsewhere"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "<config lang=\"json\">\r\n{\"name\": \"A\", \"type\": \"" + test.kind + "\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", " + test.before + "}\r\n</config>\r\n<script lang=\"" + test.lang + "\">\r\n</script>\r\n"
			if diff := cmp.Diff(strings.Replace(text, test.before, test.after, 1), fixedByLock(t, text, locked(""))); diff != "" {
				t.Errorf("(-want +fixed):\n%s", diff)
			}
			if diff := cmp.Diff(text, fixedByLock(t, text, nil)); diff != "" {
				t.Errorf("without a lock (-before +after):\n%s", diff)
			}
		})
	}
}

// A lock is of one tag: what only others install stays.
func TestPinsAreOfTheLockedTag(t *testing.T) {
	const text = `<config lang="json">{"name": "A", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "tags": ["CPU", "GPU"], "requirements": {"CPU": ["numpy"], "GPU": ["numpy", "cupy"]}}</config>`
	for tag, want := range map[string]string{
		"CPU": strings.Replace(text, `"CPU": ["numpy"`, `"CPU": ["numpy==1.26.4"`, 1), "GPU": strings.Replace(text, `"GPU": ["numpy"`, `"GPU": ["numpy==1.26.4"`, 1), "": text,
	} {
		if diff := cmp.Diff(want, fixedByLock(t, text, locked(tag))); diff != "" {
			t.Errorf("%s (-want +fixed):\n%s", tag, diff)
		}
	}
}
