package requirement

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// parse reads a config in JSON.
func parse(t testing.TB, config, language string) (*Declaration, []source.Diagnostic) {
	t.Helper()
	s := source.New("test.imjoy.html", []byte(config))
	root, diagnostics := conf.Parse("json", source.Whole(s, s.All()))
	for _, d := range diagnostics {
		t.Fatalf("%s: %s", config, d.Message)
	}
	return Parse(root.Get("env"), root.Get("requirements"), root.Get("cmd"), language)
}

// show prints what a declaration holds, one line each.
func show(d *Declaration) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if d.Python != nil {
		line("python %s", d.Python.Constraint)
	}
	if d.EnvName != "" {
		line("name %s", d.EnvName)
	}
	for _, c := range d.Channels {
		line("channel %s", c.Name)
	}
	for _, f := range d.EnvFiles {
		line("file %s", f.Path)
	}
	for _, p := range d.Conda {
		line("conda %s", p.CondaSpec())
	}
	for _, p := range d.Pip {
		line("pip %s", strings.Join(append(p.Options, p.canonicalText()), " "))
	}
	for _, c := range d.Repos {
		line("repo %s @%s -> %s", c.URL, c.Ref, c.Dir)
	}
	for _, s := range d.URLs {
		line("%s %s", s.Kind, s.URL)
	}
	for _, v := range d.Variables {
		line("variable %s=%s", v.Name, v.Value)
	}
	if d.GPU != nil {
		line("gpu %v", d.GPU.Options)
	}
	if d.Binder != nil {
		line("binder %s %v", d.Binder.Spec, d.Binder.SkipRequirements)
	}
	if d.Program != nil {
		line("program %q plain=%v", d.Program.Words, d.Program.Plain)
	}
	for _, c := range d.Commands {
		line("command %q", c.Words)
	}
	for _, r := range d.Refused {
		line("refused %s", r.Text)
	}
	return b.String()
}

func (p Package) canonicalText() string {
	s := p.String()
	if p.Editable {
		s = "-e " + s
	}
	if p.Implied {
		s += " (implied)"
	}
	return s
}

const commit = "0123456789abcdef0123456789abcdef01234567"

func TestParseReads(t *testing.T) {
	for _, test := range []struct{ config, language, want string }{
		{`{}`, "python", ""},
		{`{"env": "", "requirements": [], "cmd": ""}`, "python", ""},
		{`{"env": {}, "requirements": null}`, "python", ""},

		// pip.
		{`{"requirements": "numpy"}`, "python", "pip numpy"},
		{`{"requirements": ["numpy==1.15.0", "scikit-image", "pip: six"]}`, "python", "pip numpy==1.15.0\npip scikit-image\npip six"},
		{`{"requirements": ["pip:h5py scikit-image keras==2.1.4 tensorflow-gpu==1.15.4"]}`, "python", "pip h5py\npip scikit-image\npip keras==2.1.4\npip tensorflow-gpu==1.15.4"},
		{`{"requirements": ["pip: -U tensorflow==1.15.0 kipoi --pre"]}`, "python", "pip --upgrade --pre tensorflow==1.15.0\npip --upgrade --pre kipoi"},
		{`{"requirements": ["numpy >= 1.15 , < 2"]}`, "python", "pip numpy>=1.15,<2"},
		{`{"requirements": ["pip: 'numpy>=1.15' \"scipy<2\""]}`, "python", "pip numpy>=1.15\npip scipy<2"},
		{`{"requirements": ["dask[Array, complete]~=2024.1"]}`, "python", "pip dask[array,complete]~=2024.1"},
		{`{"requirements": ["x (>=1.0)"]}`, "python", "pip x>=1.0"},
		{`{"requirements": ["dataclasses; python_version < '3.7' and (os_name == \"nt\" or extra in 'a,b')"]}`, "python",
			`pip dataclasses ; python_version < '3.7' and (os_name == "nt" or extra in 'a,b')`},
		{`{"requirements": ["pip: \"a; sys_platform != 'win32'\" b"]}`, "python", "pip a ; sys_platform != 'win32'\npip b"},
		{`{"requirements": ["git+https://github.com/o/r@15dfa4f#egg=rna-loc"]}`, "python", "pip rna-loc @ git+https://github.com/o/r@15dfa4f"},
		{`{"requirements": ["git+https://github.com/o/r.git@` + commit + `#egg=x[a]&subdirectory=py/x"]}`, "python",
			"pip x[a] @ git+https://github.com/o/r.git@" + commit + "#subdirectory=py/x"},
		{`{"requirements": ["pkg @ git+https://github.com/o/r@v1.0"]}`, "python", "pip pkg @ git+https://github.com/o/r@v1.0"},
		{`{"requirements": ["pip: six -U git+https://github.com/o/r@v1 pillow"]}`, "python", "pip --upgrade six\npip --upgrade git+https://github.com/o/r@v1\npip --upgrade pillow"},
		{`{"requirements": ["https://h.example/w/x_y-1.0-py3-none-any.whl#sha256=AB12"]}`, "python", "pip x_y @ https://h.example/w/x_y-1.0-py3-none-any.whl#sha256=ab12"},
		{`{"requirements": ["https://github.com/o/r/archive/master.zip"]}`, "python", "pip https://github.com/o/r/archive/master.zip"},
		{`{"requirements": ["repo: https://github.com/o/r", "pip: -e r six"]}`, "python", "pip -e ./r\npip six\nrepo https://github.com/o/r @ -> r"},

		// conda.
		{`{"requirements": ["conda: -c cpape -c conda-forge h5py affogato==0.1.3 bioconda::pybedtools"]}`, "python",
			"channel cpape\nchannel conda-forge\nconda h5py\nconda affogato==0.1.3\nconda bioconda::pybedtools"},
		{`{"requirements": ["conda: pytorch=0.4.1 torchvision==0.2.0 cuda90 -c pytorch"]}`, "python", "channel pytorch\nconda pytorch=0.4.1\nconda torchvision==0.2.0\nconda cuda90"},
		{`{"requirements": ["conda: \"numpy >=1.11,<2\" mkl=2019.1=h1_0 'x>=1|2.*'"]}`, "python", "conda numpy>=1.11,<2\nconda mkl=2019.1=h1_0\nconda x>=1|=2.*"},
		{`{"requirements": ["conda: python=3.9 numpy"]}`, "python", "python ==3.9.*\nconda numpy"},

		// repo and cmd.
		{`{"requirements": ["repo:https://github.com/o/noise2self.git"]}`, "python", "repo https://github.com/o/noise2self.git @ -> noise2self"},
		{`{"requirements": ["repo: https://github.com/o/r@` + commit + ` src/r"]}`, "python", "repo https://github.com/o/r @" + commit + " -> src/r"},
		{`{"requirements": ["cmd:pip install -r ANNA-PALM/requirements.txt"]}`, "python", `command ["pip" "install" "-r" "ANNA-PALM/requirements.txt"]`},
		{`{"requirements": ["cmd: make 'all of it' && make install"]}`, "python", "command [\"make\" \"all of it\"]\ncommand [\"make\" \"install\"]"},

		// env.
		{`{"env": "conda create -n mws-cpu python=3.7"}`, "python", "python ==3.7.*\nname mws-cpu"},
		{`{"env": ["conda create --name=x -y -c conda-forge python=3.6 cudatoolkit=9.0 cudnn"]}`, "python", "python ==3.6.*\nname x\nchannel conda-forge\nconda cudatoolkit=9.0\nconda cudnn"},
		{`{"env": "mamba create -n x python>=3.8,<3.12"}`, "python", "python >=3.8,<3.12\nname x"},
		{`{"env": ["conda config --add channels conda-forge", "conda create -n tf-cpu python=3.6"]}`, "python", "python ==3.6.*\nname tf-cpu\nchannel conda-forge"},
		{`{"env": ["conda create -n x -c bioconda python=3.6", "conda config --add channels conda-forge"]}`, "python", "python ==3.6.*\nname x\nchannel conda-forge\nchannel bioconda"},
		{`{"env": "conda env create -f r/environment.yml -n e"}`, "python", "name e\nfile r/environment.yml"},
		{`{"env": ["pip install numpy scipy", "python -m pip install -U six"]}`, "python", "pip numpy\npip scipy\npip --upgrade six"},
		{`{"env": ["export A=B C='d e'", "X=1"]}`, "python", "variable A=B\nvariable C=d e\nvariable X=1"},
		{`{"env": ["conda create -n x && pip install numpy"]}`, "python", "name x\npip numpy"},
		{`{"env": ["git clone --depth=1 -b dev https://github.com/o/r.git d"]}`, "python", "repo https://github.com/o/r.git @dev -> d"},
		{`{"env": ["apt-get install ffmpeg"]}`, "python", `command ["apt-get" "install" "ffmpeg"]`},
		{`{"env": [{"type": "gputil", "options": {"limit": 1}}, {"type": "variable", "options": {"A": "b", "N": 3}}, {"type": "binder", "spec": "o/r/master", "skip_requirements": true}]}`, "python",
			"variable A=b\nvariable N=3\ngpu map[limit:1]\nbinder o/r/master true"},
		{`{"env": {"type": "variable", "options": {"A": "b"}}}`, "python", "variable A=b"},

		// cmd.
		{`{"cmd": "python"}`, "python", `program ["python"] plain=true`},
		{`{"cmd": "KERAS_BACKEND=tensorflow python3.8 -u"}`, "python", "python ==3.8.*\nvariable KERAS_BACKEND=tensorflow\nprogram [\"python3.8\" \"-u\"] plain=true"},
		{`{"cmd": "xvfb-run -a python"}`, "python", `program ["xvfb-run" "-a" "python"] plain=false`},

		// Browsers.
		{`{"requirements": ["https://h/a.js", "https://h/b.css", "https://h/c.mjs", "https://h/npm/d", "mjs:https://h/e", "css:https://h/f?v=1", "cache:https://h/g.woff2", "js:https://h/h"]}`, "window",
			"script https://h/a.js\nstyle https://h/b.css\nmodule https://h/c.mjs\nscript https://h/npm/d\nmodule https://h/e\nstyle https://h/f?v=1\ncache https://h/g.woff2\nscript https://h/h"},
		{`{"requirements": ["https://h/x.css?v=1"]}`, "window", "style https://h/x.css?v=1"},
		{`{"requirements": ["https://h/a.js", "cache:https://h/+esm"]}`, "web-worker", "script https://h/a.js\ncache https://h/+esm"},
		{`{"requirements": "https://h/a.js"}`, "javascript", "script https://h/a.js"},

		// Python in a browser.
		{`{"requirements": ["fastapi==0.112.1", "package:scipy", "js:https://h/a.js", "css:https://h/b.css"]}`, "web-python",
			"pip fastapi==0.112.1\npip scipy\npip numpy (implied)\nscript https://h/a.js\nstyle https://h/b.css"},
		{`{"requirements": ["numpy"]}`, "web-python", "pip numpy"},
	} {
		t.Run(test.config, func(t *testing.T) {
			d, diagnostics := parse(t, test.config, test.language)
			if diff := cmp.Diff(strings.TrimSpace(test.want), strings.TrimSpace(show(d))); diff != "" {
				t.Error(diff)
			}
			for _, diagnostic := range diagnostics {
				if diagnostic.Severity == source.Error {
					t.Errorf("%s: %s", diagnostic.Code, diagnostic.Message)
				}
			}
			if _, err := json.Marshal(d); err != nil {
				t.Error(err)
			}
		})
	}
}
