package requirement

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCanonicalTellsEnvironmentsApart(t *testing.T) {
	same := []string{
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: NumPy==1.0 scikit_image", "repo: https://h.example/x"]}`,
		`{"env": "conda create -n b python=3.6", "requirements": ["repo: https://h.example/x", "scikit-image", "numpy == 1.0", "numpy==1.0"]}`,
		`{"env": ["conda create python=3.6", "export A=B", {"type": "gputil"}], "cmd": "python -u", "requirements": ["Scikit.Image", "pip: numpy==1.0", "repo: https://h.example/x"]}`,
	}
	other := []string{
		`{}`,
		`{"env": "conda create -n a python=3.7", "requirements": ["pip: numpy==1.0 scikit-image", "repo: https://h.example/x"]}`,
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: numpy==1.0 scikit-image --pre", "repo: https://h.example/x"]}`,
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: numpy==1.0 scikit-image[x]", "repo: https://h.example/x"]}`,
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: numpy==1.0 scikit-image", "repo: https://h.example/x y"]}`,
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: numpy==1.0", "conda: scikit-image", "repo: https://h.example/x"]}`,
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: numpy==1.0", "conda: -c forge scikit-image", "repo: https://h.example/x"]}`,
		`{"env": "conda create -n a python=3.6", "requirements": ["pip: numpy==1.0 scikit-image", "repo: https://h.example/x", "cmd: make"]}`,
	}
	canonical := func(config string) string {
		d, _ := parse(t, config, "python")
		return string(d.Canonical())
	}
	want := canonical(same[0])
	for _, config := range same {
		if diff := cmp.Diff(want, canonical(config)); diff != "" {
			t.Errorf("%s: %s", config, diff)
		}
	}
	seen := map[string]string{want: same[0]}
	for _, config := range other {
		c := canonical(config)
		if twin, ok := seen[c]; ok {
			t.Errorf("%s and %s are both %s", config, twin, c)
		}
		seen[c] = config
	}
}

func TestPEP440OfConda(t *testing.T) {
	for _, test := range []struct{ conda, want string }{
		{"numpy", ""}, {"numpy=1.15", "==1.15.*"}, {"numpy==1.15", "==1.15"}, {"numpy=1.15.*", "==1.15.*"}, {"numpy>=1,<2", ">=1,<2"}, {"numpy!=1.2", "!=1.2"}, {"numpy=*", ""},
		{"'numpy 1.8'", "==1.8"}, {"'numpy 1.8*'", "==1.8.*"}, {"numpy=1.0=py27_0", "?"}, {"'numpy=1.0|1.2'", "?"},
	} {
		d, diagnostics := parse(t, `{"requirements": "conda: `+test.conda+`"}`, "python")
		if len(d.Conda) != 1 {
			t.Errorf("%s: %s %v", test.conda, show(d), diagnostics)
			continue
		}
		got, ok := d.Conda[0].PEP440()
		if !ok {
			got = "?"
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.conda, got, test.want)
		}
	}
}

func TestPythonAccepts(t *testing.T) {
	for _, test := range []struct {
		env, version string
		want         bool
	}{
		{"conda create python=3.6", "3.6.15", true}, {"conda create python=3.6", "3.7.0", false}, {"conda create python=3.6", "3.60.0", false},
		{"conda create python=3", "3.14.2", true}, {"conda create python=3.6.7", "3.6.7", true}, {"conda create python=3.6.7", "3.6.8", false},
		{"conda create python>=3.8,<3.12", "3.11.9", true}, {"conda create python>=3.8,<3.12", "3.12.0", false}, {"conda create", "3.9.0", true},
		{"conda create python", "3.9.0", true},
	} {
		d, _ := parse(t, `{"env": "`+test.env+`"}`, "python")
		if got := d.Python.Accepts(test.version); got != test.want {
			t.Errorf("%s accepts %s: %v", test.env, test.version, got)
		}
	}
}

func TestPinned(t *testing.T) {
	for text, want := range map[string]bool{
		"numpy": false, "numpy==1.0": true, "numpy==1.*": false, "numpy>=1": false, "numpy==1,!=1.1": false,
		"git+https://h.example/x": false, "git+https://h.example/x@v1": false, "git+https://h.example/x@" + commit: true,
		"https://h.example/x.whl": false, "https://h.example/x.whl#sha256=ab": true,
	} {
		d, _ := parse(t, `{"requirements": "`+text+`"}`, "python")
		if len(d.Pip) != 1 || d.Pip[0].Pinned() != want {
			t.Errorf("%s: pinned should be %v: %s", text, want, show(d))
		}
	}
}

func TestJSONKeepsTheDeclarationAndNothingElse(t *testing.T) {
	config := `{"env": ["conda create -n x -c forge python=3.6 cudnn", {"type": "gputil", "options": {"limit": 1}}], "cmd": "A=1 python",
		"requirements": ["pip: -U 'numpy[a]>=1; os_name == \"nt\"'", "git+https://h.example/x@v1#egg=y", "repo: https://h.example/r d", "cmd: make x", "bad; $"], "secret": "not ours"}`
	d, _ := parse(t, config, "python")
	data, err := json.Marshal(d)
	if err != nil || strings.Contains(string(data), "not ours") {
		t.Fatalf("%s, %v", data, err)
	}
	var back Declaration
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(show(d), show(&back)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(string(d.Canonical()), string(back.Canonical())); diff != "" {
		t.Error(diff)
	}
}

func TestHosts(t *testing.T) {
	d, _ := parse(t, `{"requirements": ["numpy", "git+https://Git.example:8443/x", "https://h.example/a.whl", "repo: https://h.example/r", "conda: -c https://c.example/ch -c forge x"]}`, "python")
	var got []string
	for _, h := range d.Hosts() {
		got = append(got, h.Name)
		if !h.Item.Place.Known() {
			t.Errorf("%s has no place", h.Name)
		}
	}
	if diff := cmp.Diff([]string{"git.example:8443", "h.example", "c.example"}, got); diff != "" {
		t.Error(diff)
	}
	d, _ = parse(t, `{"requirements": ["https://a.example/x.js", "cache:https://b.example/y", "css:https://a.example/z"]}`, "window")
	if hosts := d.Hosts(); len(hosts) != 2 || hosts[0].Name != "a.example" || hosts[1].Name != "b.example" {
		t.Errorf("got %v", hosts)
	}
}

func TestHostileSizesAreRefusedQuickly(t *testing.T) {
	for name, config := range map[string]string{
		"long text":           `{"requirements": "` + strings.Repeat("a", 9000) + `"}`,
		"many words":          `{"requirements": "` + strings.Repeat("a ", 3000) + `"}`,
		"many items":          `{"requirements": [` + strings.Repeat(`"a",`, 1500) + `"a"]}`,
		"deep marker":         `{"requirements": "a; ` + strings.Repeat("(", 3000) + `"}`,
		"many words of conda": `{"requirements": "conda: ` + strings.Repeat("a ", 3000) + `"}`,
	} {
		d, diagnostics := parse(t, config, "python")
		if len(diagnostics) == 0 || len(d.Pip)+len(d.Conda) > 0 {
			t.Errorf("%s: %d findings, %d packages", name, len(diagnostics), len(d.Pip)+len(d.Conda))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	config := `{"env": "conda create -n x python=3.6 cudatoolkit=9.0", "cmd": "KERAS_BACKEND=tensorflow python",
		"requirements": ["pip: descartes palettable geojson read-roi gputil namedlist scipy==1.0.0", "conda: -c pytorch pytorch=0.4.1 torchvision==0.2.0", "repo: https://h.example/x", "numpy>=1.15,<2"]}`
	b.ReportAllocs()
	b.SetBytes(int64(len(config)))
	for b.Loop() {
		parse(b, config, "python")
	}
}
