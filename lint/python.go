package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Rules about Python scripts that parse.

var pythonChecks = []check{
	{rulePython2, python2},
	{rulePythonArguments, pythonArguments},
	{rulePythonImport, pythonImports},
	{rulePythonUndefined, pythonUndefined},
	{rulePythonNewer, pythonNewer},
	{rulePythonAttribute, pythonAttribute},
	{rulePythonNoSystem, pythonNoSystem},
	{rulePythonMistake, pythonMistakes},
}

var rulePython2 = &source.Rule{
	Code: "python-2", Severity: source.Error,
	Summary: "something that only Python 2 has",
	Doc:     "Plugins run with Python 3, where this name, method or module does not exist: the line fails when it is reached.",
	Bad:     pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return [i for i in xrange(3)]\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good:    pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return [i for i in range(3)]\napi.export({\"setup\": print, \"run\": run})\n</script>",
}

func python2(p *pass) {
	for _, s := range p.Scripts {
		for _, d := range s.Dated {
			p.report(s.Place(d.Span), fmt.Sprintf("%s is of Python 2", d.Text), d.Hint)
		}
	}
}

var rulePythonUndefined = &source.Rule{
	Code: "python-undefined", Severity: source.Warning,
	Summary: "a name that nothing defines",
	Doc: "Python looks a name up when the line is reached, and fails with NameError where nothing gave it a value: an import that is missing, or a slip of the pen. " +
		"Scripts that import everything of a module, or make names with `exec` and its like, are not judged, nor is what stands in a `try` that catches NameError. Of several Python scripts, " +
		"which have the names of each other, only slips of one letter are told.",
	Bad:  pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return rnage(3)\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good: pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return range(3)\napi.export({\"setup\": print, \"run\": run})\n</script>",
}

func pythonUndefined(p *pass) {
	var scripts []*analysis.Script
	for _, s := range p.Scripts {
		if s.Language == tags.Python {
			scripts = append(scripts, s)
		}
	}
	for _, s := range scripts {
		for _, u := range s.Undefined {
			// Each script has the names of those before it.
			if len(scripts) == 1 || slipOfOwn(u) && !saysElsewhere(scripts, s, u.Text) {
				p.report(s.Place(u.Span), fmt.Sprintf("nothing defines %s, so this line fails with NameError", u.Text), u.Hint)
			}
		}
	}
}

var rulePythonMistake = &source.Rule{
	Code: "python-mistake", Severity: source.Warning,
	Summary: "code that cannot do what it seems to",
	Doc: "`is` with a written text or number asks whether two objects are the same one; of two methods or keys of one name only the last counts; `assert (a, b)` asserts nothing. " +
		"Such code is valid, and never what somebody meant.",
	Bad:  pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return ctx.data is \"image\"\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good: pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return ctx.data == \"image\"\napi.export({\"setup\": print, \"run\": run})\n</script>",
}

func pythonMistakes(p *pass) { p.mistakes(true) }

var rulePythonNoSystem = &source.Rule{
	Code: "python-no-system", Severity: source.Warning,
	Summary: "a module that Python in a page does not have, or that does nothing there",
	Doc: "A `web-python` plugin runs in the browser: there are no processes, threads, sockets or windows. Some modules are missing, others can be imported and fail when they are used. " +
		"Use `asyncio` and the api, or make it a `native-python` plugin. Imports inside of `if` and `try` are not judged.",
	Bad:  webPythonConfig + "<script lang=\"python\">\nimport subprocess\nfrom imjoy import api\ndef run(ctx):\n    subprocess.run([\"ls\"])\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good: webPythonConfig + "<script lang=\"python\">\nimport asyncio\nfrom imjoy import api\nasync def run(ctx):\n    await asyncio.sleep(1)\napi.export({\"setup\": print, \"run\": run})\n</script>",
}

const webPythonConfig = `<config lang="json">{"name": "Blur", "type": "web-python", "version": "0.1.0", "api_version": "0.1.8"}</config>` + "\n"

// noSystem are modules that need an operating system, with what to use instead.
var noSystem = map[string]string{
	"subprocess": "", "multiprocessing": "use asyncio", "threading": "use asyncio", "concurrent": "use asyncio", "socket": "use pyodide.http or the api", "socketserver": "", "curses": "", "fcntl": "", "grp": "", "pwd": "", "resource": "",
	"syslog": "", "termios": "", "tkinter": "give the config a ui, or open a window", "turtle": "", "venv": "", "ensurepip": "", "msvcrt": "", "winreg": "",
}

func pythonNoSystem(p *pass) {
	for _, s := range p.Scripts {
		if s.Language != tags.Python || !p.onlyIn(s, "web-python") {
			continue
		}
		told := map[string]bool{}
		for _, l := range s.Bare {
			hint, missing := noSystem[l.Text]
			if !missing || told[l.Text] {
				continue
			}
			told[l.Text] = true
			if hint == "" {
				hint = "make it a native-python plugin"
			}
			p.report(s.Place(l.Span), l.Text+" does not work in a page, where web-python runs", hint)
		}
	}
}

var rulePythonAttribute = &source.Rule{
	Code: "python-unknown-attribute", Severity: source.Warning,
	Summary: "an attribute of self that nothing sets",
	Doc: "No class of the script has an attribute or method of that name, and nothing sets one, so the line fails with AttributeError. " +
		"Classes with a base, a decorator or `__getattr__`, and those that hand `self` to something else, are not judged.",
	Bad:  pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nclass Plugin:\n    def setup(self):\n        self.model = 1\n    def run(self, ctx):\n        return self.modle\napi.export(Plugin())\n</script>",
	Good: pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nclass Plugin:\n    def setup(self):\n        self.model = 1\n    def run(self, ctx):\n        return self.model\napi.export(Plugin())\n</script>",
}

func pythonAttribute(p *pass) {
	for _, s := range p.Scripts {
		for _, m := range s.Misnamed {
			if m.Object != "self" {
				continue
			}
			d := p.report(s.Place(m.Span), fmt.Sprintf("nothing sets self.%s, so this line fails with AttributeError", m.Text), "")
			if m.Meant != "" {
				d.Hint, d.Fixes = fmt.Sprintf("did you mean %s?", m.Meant), meant(d.Place, m.Meant)
			}
		}
	}
}

var rulePythonNewer = &source.Rule{
	Code: "python-too-new", Severity: source.Error,
	Summary: "syntax or a module that the plugin's Python does not have yet",
	Doc: "The `env` of the plugin fixes a version of Python, and the script has something that only later ones know: `match` (3.10), `except*` and `tomllib` (3.11), `type` statements and " +
		"type parameters (3.12). With unknown syntax nothing of the script runs. Take a newer Python, or write it in the older way.",
	Bad:  pythonNewerConfig("3.9") + "<script lang=\"python\">\nimport tomllib\nfrom imjoy import api\ndef run(ctx):\n    return tomllib.loads(ctx.data)\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good: pythonNewerConfig("3.12") + "<script lang=\"python\">\nimport tomllib\nfrom imjoy import api\ndef run(ctx):\n    return tomllib.loads(ctx.data)\napi.export({\"setup\": print, \"run\": run})\n</script>",
}

func pythonNewerConfig(version string) string {
	return `<config lang="json">{"name": "Blur", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "env": "conda create -n blur python=` + version + `"}</config>` + "\n"
}

func pythonNewer(p *pass) {
	for _, s := range p.Scripts {
		wanted := p.pythonFor(s)
		if wanted == "" {
			continue
		}
		for _, n := range s.Newer {
			if older(wanted, n.Since) {
				p.report(s.Place(n.Span), fmt.Sprintf("Python %s does not have %s, which came with %s", wanted, n.Text, n.Since), "ask for python="+n.Since+" in env")
			}
		}
	}
}

// pythonFor returns the oldest version of Python that a script runs with, as far as
// plans fix one; "" when that is not known.
func (p *pass) pythonFor(s *analysis.Script) (oldest string) {
	for _, plan := range p.Plans {
		version := pythonOf(plan.Needs)
		if plan.Type == "native-python" && version != "" && slices.Contains(plan.Scripts, s.Block) && (oldest == "" || older(version, oldest)) {
			oldest = version
		}
	}
	return oldest
}

// readsNewer reports whether the Python that runs a script is of a version or later. That
// of pages is new.
func (p *pass) readsNewer(s *analysis.Script, version string) bool {
	if p.onlyIn(s, "web-python") {
		return true
	}
	wanted := p.pythonFor(s)
	return wanted != "" && !older(wanted, version)
}

// slipOfOwn reports whether a name is one letter away from one that its own script has.
func slipOfOwn(u analysis.Undefined) bool {
	found := meantWord().FindStringSubmatch(u.Hint)
	return found != nil && len(u.Text) > 3 && analysis.OneLetter(u.Text, found[1])
}

// saysElsewhere reports whether another script has a word, or is not read.
func saysElsewhere(scripts []*analysis.Script, s *analysis.Script, word string) bool {
	return slices.ContainsFunc(scripts, func(o *analysis.Script) bool {
		return o != s && (!o.Read || strings.Contains(o.Block.Body().Text, word) || strings.Contains(o.Block.Body().Text, "import *"))
	})
}

var rulePythonArguments = &source.Rule{
	Code: "python-arguments", Severity: source.Error,
	Summary: "a function cannot be called as ImJoy calls it",
	Doc:     "ImJoy calls `setup()` without arguments and `run(ctx)` and `update(ctx)` with one. Python refuses the call when the function takes another number. So it does when a plugin is made with other arguments than its `__init__` takes.",
	Bad:     pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nclass Plugin:\n    def setup(self):\n        pass\n    def run(self):\n        pass\napi.export(Plugin())\n</script>",
	Good:    pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nclass Plugin:\n    def setup(self):\n        pass\n    def run(self, ctx):\n        pass\napi.export(Plugin())\n</script>",
}

// calls tells with how many arguments ImJoy calls a function.
var calls = []struct {
	name      string
	arguments int
	write     string
}{{"setup", 0, "def setup(self)"}, {"run", 1, "def run(self, ctx)"}, {"update", 1, "def update(self, ctx)"}, {"exit", 0, "def exit(self)"}}

func pythonArguments(p *pass) {
	p.eachExport(func(e placedExport) {
		if m := e.Made; m != nil && (m.Given < m.Least || m.Most >= 0 && m.Given > m.Most) {
			takes := fmt.Sprintf("at least %d", m.Least)
			if m.Given > m.Most && m.Most >= 0 {
				takes = fmt.Sprintf("at most %d", m.Most)
			}
			p.report(e.script.Place(m.Span), fmt.Sprintf("%s is made with %d arguments, and its __init__ takes %s", m.Class, m.Given, takes), "ImJoy hands nothing over here: take what you need in setup and run")
		}
		for _, c := range calls {
			a, ok := e.Arity[c.name]
			if !ok || a.Least <= c.arguments && (a.Most < 0 || a.Most >= c.arguments) {
				continue
			}
			if c.name == "run" && p.notRunnable() {
				continue // its own callers know how
			}
			takes := fmt.Sprintf("at least %d", a.Least)
			if a.Least <= c.arguments {
				takes = fmt.Sprintf("at most %d", a.Most)
			}
			p.report(e.script.Place(a.Span), fmt.Sprintf("ImJoy calls %s with %d arguments, and it takes %s", c.name, c.arguments, takes), "write "+c.write)
		}
	})
}

// notRunnable reports whether nobody starts the plugin from a menu.
func (p *pass) notRunnable() bool {
	return !slices.ContainsFunc(p.Plans, func(plan *tags.Plan) bool { return plan.Runnable })
}

var rulePythonImport = &source.Rule{
	Code: "python-import", Severity: source.Info,
	Summary: "a module that no requirement brings",
	Doc: "The environment of a plugin holds Python's own modules and what `requirements` and `env` list. A module that only another package brings along " +
		"may be gone with its next version; list it yourself. Environments that come from files, repositories or commands are not judged, nor are imports inside of `if` and `try`. " +
		"A name that is a slip away from a well-known module, such as `nummpy`, is a warning.",
	Bad:  "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"requirements\": [\"requests==2.32.3\"]}</config>\n<script lang=\"python\">\nimport skimge\nfrom imjoy import api\napi.export({\"setup\": print, \"run\": print})\n</script>",
	Good: "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"requirements\": [\"scikit-image==0.24.0\"]}</config>\n<script lang=\"python\">\nimport skimage\nfrom imjoy import api\napi.export({\"setup\": print, \"run\": print})\n</script>",
}

// ofModule are packages by the modules they bring, where the names differ.
var ofModule = map[string][]string{
	"cv2":     {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv", "py-opencv"},
	"sklearn": {"scikit-learn", "sklearn"}, "skimage": {"scikit-image"}, "PIL": {"pillow", "pil"}, "yaml": {"pyyaml"}, "bs4": {"beautifulsoup4", "bs4"},
	"imjoy": {"imjoy", "imjoy-rpc", "imjoy_rpc"}, "imjoy_rpc": {"imjoy-rpc", "imjoy"}, "Bio": {"biopython"}, "serial": {"pyserial"}, "git": {"gitpython"},
	"dateutil": {"python-dateutil"}, "cairo": {"pycairo"}, "OpenSSL": {"pyopenssl"}, "mpl_toolkits": {"matplotlib"}, "pylab": {"matplotlib"},
	"tensorflow": {"tensorflow", "tensorflow-gpu", "tensorflow-cpu", "tf-nightly", "tensorflow-macos"}, "keras": {"keras", "tensorflow", "tensorflow-gpu"},
	"torch": {"torch", "pytorch"}, "zarr": {"zarr"}, "socketio": {"python-socketio"}, "engineio": {"python-engineio"}, "jwt": {"pyjwt"}, "dotenv": {"python-dotenv"},
	"google": {"protobuf", "google-cloud-storage"}, "pkg_resources": {"setuptools"}, "setuptools": {"setuptools"}, "pip": {"pip"}, "umap": {"umap-learn"},
	"nibabel": {"nibabel"}, "SimpleITK": {"simpleitk"}, "itk": {"itk"}, "tifffile": {"tifffile"}, "Crypto": {"pycryptodome", "pycrypto"}, "hypha_rpc": {"hypha-rpc"},
	"usb": {"pyusb"}, "fitz": {"pymupdf"}, "docx": {"python-docx"}, "magic": {"python-magic"}, "attr": {"attrs"}, "wx": {"wxpython"}, "psd_tools": {"psd-tools"},
}

// along are packages that bring these modules with them and always will.
var along = map[string][]string{
	"numpy": {"scipy", "pandas", "matplotlib", "scikit-image", "scikit-learn", "opencv-python", "opencv-python-headless", "tensorflow", "tensorflow-gpu", "keras", "torch",
		"pytorch", "tifffile", "imageio", "zarr", "h5py", "csbdeep", "cellpose", "stardist", "n2v", "xarray", "numba", "imgaug", "seaborn", "torchvision", "kaibu-utils"},
	"scipy":      {"scikit-image", "scikit-learn", "csbdeep", "cellpose", "stardist", "n2v", "imgaug", "keras", "statsmodels"},
	"matplotlib": {"seaborn", "csbdeep", "stardist"}, "PIL": {"imageio", "scikit-image", "matplotlib", "torchvision"}, "skimage": {"stardist", "imgaug"},
	"tifffile": {"csbdeep", "cellpose", "scikit-image"}, "keras": {"csbdeep", "n2v"}, "tensorflow": {"stardist"}, "imageio": {"scikit-image", "imgaug"},
}

func pythonImports(p *pass) {
	for _, s := range p.Scripts {
		if len(s.Needs) == 0 || !p.onlyIn(s, "native-python") {
			continue
		}
		told := map[string]bool{}
		for _, need := range s.Needs {
			if told[need.Text] {
				continue
			}
			for _, plan := range p.Plans {
				if slices.Contains(plan.Scripts, s.Block) && !p.hole("requirements", plan.Tag) && lacks(plan.Needs, need.Text) {
					told[need.Text] = true
					d := p.report(s.Place(need.Span), fmt.Sprintf("no requirement brings the module %s", need.Text), importHint(need.Text))
					if meant := misspeltModule(need.Text); meant != "" {
						d.Severity, d.Hint, d.Fixes = source.Warning, fmt.Sprintf("did you mean %s?", meant), writeName(d.Place, need.Text, meant)
					}
					break
				}
			}
		}
	}
}

// hole reports whether a field has values by tag and none for this one: that is told by
// itself.
func (p *pass) hole(field, tag string) bool {
	n := p.config().Get(field)
	return n.Map() && n.Get(tag) == nil
}

func importHint(module string) string {
	if names := ofModule[module]; len(names) > 0 {
		return fmt.Sprintf("add %q to requirements", names[0])
	}
	return fmt.Sprintf("add the package that has it, perhaps %q, to requirements", module)
}

// lacks reports whether a declaration is whole and nothing of it brings a module.
func lacks(needs *requirement.Declaration, module string) bool {
	if len(needs.EnvFiles)+len(needs.Repos)+len(needs.Commands)+len(needs.Refused) > 0 || module == "imjoy" || module == "imjoy_rpc" {
		return false
	}
	for _, list := range [][]requirement.Package{needs.Pip, needs.Conda} {
		for _, pkg := range list {
			if pkg.URL != "" || pkg.Path != "" || brings(pkg.Key(), module) {
				return false
			}
		}
	}
	return true
}

func brings(pkg, module string) bool {
	names := ofModule[module]
	plain := strings.ToLower(strings.ReplaceAll(module, "_", "-"))
	return slices.Contains(names, pkg) || slices.Contains(along[module], pkg) || pkg == plain || pkg == "python-"+plain || strings.TrimPrefix(pkg, "py") == plain
}
