package lint

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Rules about the packages of an environment: names and versions that cannot be.

var packageChecks = []check{
	{rulePackageName, packageName},
	{ruleRequirementMisspelt, requirementMisspelt},
	{rulePackageConda, packageConda},
	{rulePackageStandard, packageStandard},
	{rulePackageTwice, packageTwice},
	{rulePackagePython, packagePython},
	{rulePythonOld, pythonOld},
	{ruleSecret, secrets},
}

// eachPackage calls f for every package of pip or conda that somebody wrote, each place
// once.
func (p *pass) eachPackage(f func(needs *requirement.Declaration, pkg requirement.Package, conda bool)) {
	seen := map[source.Span]bool{}
	for _, plan := range p.Plans {
		for conda, list := range map[bool][]requirement.Package{false: plan.Needs.Pip, true: plan.Needs.Conda} {
			for _, pkg := range list {
				if !pkg.Implied && pkg.Name != "" && !seen[pkg.Place.Span] {
					seen[pkg.Place.Span] = true
					f(plan.Needs, pkg, conda)
				}
			}
		}
	}
}

var rulePackageName = &source.Rule{
	Code: "requirement-renamed", Severity: source.Warning,
	Summary: "a package that has another name now",
	Doc: "Some packages are called differently from the module they bring, and an old or similar name belongs to an empty, abandoned or foreign package. " +
		"`sklearn`, for one, refuses to install since 2023.",
	Bad:  `{"type": "native-python", "requirements": ["pip: sklearn"]}`,
	Good: `{"type": "native-python", "requirements": ["pip: scikit-learn==1.5.2"]}`,
}

// renamed are names of packages on PyPI that do not bring what they say.
var renamed = map[string]struct{ now, why string }{
	"sklearn": {"scikit-learn", "the name refuses to install since 2023"}, "skimage": {"scikit-image", "there is no such package"},
	"cv2": {"opencv-python", "there is no such package"}, "opencv": {"opencv-python", "there is no such package"}, "pil": {"pillow", "PIL ended in 2009"},
	"yaml": {"pyyaml", "there is no such package"}, "tensorflow-gpu": {"tensorflow", "the name refuses to install since 2023"}, "bs4": {"beautifulsoup4", "it only stands in for the other"},
	"dateutil": {"python-dateutil", "there is no such package"}, "pycrypto": {"pycryptodome", "it ended in 2013 with known holes"}, "pytorch": {"torch", "the name is a warning only"},
	"beautifulsoup": {"beautifulsoup4", "it ended in 2012"}, "dotenv": {"python-dotenv", "it does not install"}, "socketio": {"python-socketio", "it is another package"},
	"imjoy-python": {"imjoy", "there is no such package"}, "futures": {"", "it is part of Python 3"}, "enum34": {"", "it is part of Python 3"},
}

// newRefused are renamed packages whose old versions are still what they were.
var newRefused = map[string]bool{"sklearn": true, "tensorflow-gpu": true}

func packageName(p *pass) {
	p.eachPackage(func(_ *requirement.Declaration, pkg requirement.Package, conda bool) {
		r, ok := renamed[pkg.Key()]
		if !ok || conda || pkg.URL != "" || pkg.Specifier != "" && r.now != "" && newRefused[pkg.Key()] {
			return // old versions of these still install
		}
		if r.now == "" {
			p.report(pkg.Place, fmt.Sprintf("%s is not needed: %s", pkg.Name, r.why), "remove it")
			return
		}
		d := p.report(pkg.Place, fmt.Sprintf("%s is called %s: %s", pkg.Name, r.now, r.why), fmt.Sprintf("write %s", r.now))
		if text := string(pkg.Place.Slice(pkg.Place.Span)); strings.HasPrefix(text, pkg.Name) {
			at := source.Span{Start: pkg.Place.Span.Start, End: pkg.Place.Span.Start + len(pkg.Name)}
			d.Fixes = []source.Fix{{Title: "write " + r.now, Edits: []source.Edit{{Span: at, New: r.now}}}}
		}
	})
}

var rulePackageConda = &source.Rule{
	Code: "requirement-conda-only", Severity: source.Warning,
	Summary: "pip is asked for a package that only conda has",
	Doc:     "Libraries that are not Python, such as CUDA, come from conda channels. pip finds nothing of that name, or something else.",
	Bad:     `{"type": "native-python", "requirements": ["pip: cudatoolkit==11.8"]}`,
	Good:    `{"type": "native-python", "requirements": ["conda: cudatoolkit=11.8"]}`,
}

var condaOnly = []string{"cudatoolkit", "cudnn", "cuda-toolkit", "libtiff", "libgcc", "openjdk", "r-base", "bioformats2raw", "libvips", "fiji"}

func packageConda(p *pass) {
	p.eachPackage(func(_ *requirement.Declaration, pkg requirement.Package, conda bool) {
		if !conda && pkg.URL == "" && slices.Contains(condaOnly, pkg.Key()) {
			p.report(pkg.Place, fmt.Sprintf("pip does not have %s: it comes from conda", pkg.Name), "write conda: instead of pip:")
		}
	})
}

var rulePackageStandard = &source.Rule{
	Code: "requirement-standard", Severity: source.Warning,
	Summary: "a requirement for something that is part of Python",
	Doc:     "The module comes with Python. A package of the same name on PyPI is an old copy that can break Python itself, or a stranger's.",
	Bad:     `{"type": "native-python", "requirements": ["pip: asyncio==3.4.3"]}`,
	Good:    `{"type": "native-python", "requirements": []}`,
}

var standard = []string{"asyncio", "argparse", "base64", "collections", "csv", "ctypes", "datetime", "functools", "glob", "hashlib", "io", "itertools", "json", "logging", "math",
	"multiprocessing", "os", "pathlib", "pickle", "random", "re", "shutil", "sqlite3", "struct", "subprocess", "sys", "tempfile", "threading", "time", "tkinter", "traceback",
	"typing", "unittest", "urllib", "uuid", "xml", "zipfile", "configparser", "dataclasses", "enum", "inspect", "platform", "queue", "socket", "statistics", "string"}

func packageStandard(p *pass) {
	p.eachPackage(func(_ *requirement.Declaration, pkg requirement.Package, conda bool) {
		if !conda && pkg.URL == "" && slices.Contains(standard, pkg.Key()) {
			p.report(pkg.Place, fmt.Sprintf("%s is part of Python", pkg.Name), "remove it")
		}
	})
}

var rulePackageTwice = &source.Rule{
	Code: "requirement-repeated", Severity: source.Warning,
	Summary: "a package is listed twice",
	Doc:     "Each entry is installed in its turn, so the last one decides which version is there, and two versions that exclude each other fail.",
	Bad:     `{"type": "native-python", "requirements": ["pip: numpy==1.26.4", "pip: numpy==2.0.0"]}`,
	Good:    `{"type": "native-python", "requirements": ["pip: numpy==2.0.0"]}`,
}

func packageTwice(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		first := map[string]requirement.Package{}
		for _, list := range [][]requirement.Package{plan.Needs.Conda, plan.Needs.Pip} {
			for _, pkg := range list {
				key := pkg.Key()
				if key == "" || pkg.Implied || key == "pip" || key == "python" {
					continue
				}
				earlier, again := first[key]
				if !again {
					first[key] = pkg
					continue
				}
				if pkg.Marker == earlier.Marker && !told[pkg.Place.Span] && earlier.Place.Span != pkg.Place.Span {
					told[pkg.Place.Span] = true
					p.report(pkg.Place, fmt.Sprintf("%s is listed twice", pkg.Name), "keep one of them").
						Related = []source.Note{{Place: earlier.Place, Message: "listed here already"}}
				}
			}
		}
	}
}

var rulePackagePython = &source.Rule{
	Code: "requirement-impossible", Severity: source.Warning,
	Summary: "a version of a package that the plugin's Python cannot have",
	Doc: "Old versions of compiled packages exist for old Pythons only: TensorFlow 1 ended with Python 3.7, numpy 1.16 with 3.7. " +
		"New versions need a new one: numpy 2.1 needs 3.10. The installer finds nothing, or tries to compile.",
	Bad:  `{"type": "native-python", "env": "conda create -n t python=3.10", "requirements": ["pip: tensorflow==1.15.0"]}`,
	Good: `{"type": "native-python", "env": "conda create -n t python=3.7", "requirements": ["pip: tensorflow==1.15.0"]}`,
}

// lastPython are the newest minor versions of Python 3 for versions of packages: those
// below a bound have wheels for no later one.
var lastPython = map[string][]struct{ below, python string }{
	"tensorflow":     {{"2.0", "3.7"}, {"2.2", "3.7"}, {"2.5", "3.8"}, {"2.8", "3.9"}, {"2.12", "3.10"}},
	"tensorflow-gpu": {{"2.2", "3.7"}, {"2.5", "3.8"}},
	"numpy":          {{"1.17", "3.7"}, {"1.19.3", "3.8"}, {"1.21.2", "3.9"}, {"1.23.2", "3.10"}, {"1.26", "3.11"}},
	"torch":          {{"1.4", "3.7"}, {"1.7.1", "3.8"}, {"1.11", "3.9"}, {"1.13", "3.10"}},
	"scipy":          {{"1.4", "3.7"}, {"1.5.4", "3.8"}, {"1.7.2", "3.9"}},
}

// firstPython are the oldest minor versions of Python 3 that versions of packages still
// have, the newest first.
var firstPython = map[string][]struct{ from, python string }{
	"tensorflow":   {{"2.14", "3.9"}, {"2.12", "3.8"}},
	"numpy":        {{"2.3", "3.11"}, {"2.1", "3.10"}, {"1.25", "3.9"}, {"1.22", "3.8"}},
	"torch":        {{"2.5", "3.9"}, {"2.0", "3.8"}},
	"scipy":        {{"1.16", "3.11"}, {"1.14", "3.10"}, {"1.11", "3.9"}, {"1.8", "3.8"}},
	"pandas":       {{"2.1", "3.9"}, {"1.4", "3.8"}},
	"matplotlib":   {{"3.10", "3.10"}, {"3.8", "3.9"}, {"3.6", "3.8"}},
	"scikit-image": {{"0.25", "3.10"}, {"0.22", "3.9"}, {"0.20", "3.8"}},
	"scikit-learn": {{"1.7", "3.10"}, {"1.4", "3.9"}, {"1.1", "3.8"}},
	"pillow":       {{"12", "3.10"}, {"11", "3.9"}, {"10", "3.8"}},
}

var exactly = lazily(`^={1,3}(\d+(?:\.\d+)*)(?:\.\*)?$`)

func packagePython(p *pass) {
	p.eachPackage(func(needs *requirement.Declaration, pkg requirement.Package, _ bool) {
		python := pythonOf(needs)
		version := exactly().FindStringSubmatch(pkg.Specifier)
		if python == "" || version == nil {
			return
		}
		for _, limit := range lastPython[pkg.Key()] {
			if older(version[1], limit.below) {
				if older(limit.python, python) {
					p.report(pkg.Place, fmt.Sprintf("%s %s was made for Python up to %s, and the plugin wants %s", pkg.Name, version[1], limit.python, python), "take a newer version, or python="+limit.python)
				}
				return
			}
		}
		for _, limit := range firstPython[pkg.Key()] {
			if !older(version[1], limit.from) {
				if older(python, limit.python) {
					p.report(pkg.Place, fmt.Sprintf("%s %s needs Python %s, and the plugin wants %s", pkg.Name, version[1], limit.python, python), "take an older version, or python="+limit.python)
				}
				return
			}
		}
	})
}

// pythonOf returns the version of Python that a plugin fixes, "3.9" or "3.9.1", or "".
func pythonOf(needs *requirement.Declaration) string {
	if needs.Python == nil {
		return ""
	}
	if found := leadingVersion().FindStringSubmatch(needs.Python.Constraint); found != nil {
		return found[1]
	}
	return ""
}

var leadingVersion = lazily(`^=*\s*(\d+\.\d+(?:\.\d+)?)(?:\.\*)?$`)

// older compares versions part by part, as far as both go.
func older(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x < y
		}
	}
	return false
}

var rulePythonOld = &source.Rule{
	Code: "env-python-old", Severity: source.Info,
	Summary: "a version of Python that gets no more fixes",
	Doc:     "Python 3.9 ended in October 2025. Old versions run, but holes in them stay open, and new versions of packages do not come for them.",
	Bad:     `{"type": "native-python", "env": "conda create -n t python=3.6"}`,
	Good:    `{"type": "native-python", "env": "conda create -n t python=3.12"}`,
}

func pythonOld(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		version := pythonOf(plan.Needs)
		if version == "" || !older(version, "3.10") || told[plan.Needs.Python.Place.Span] {
			continue
		}
		told[plan.Needs.Python.Place.Span] = true
		d := p.report(plan.Needs.Python.Place, fmt.Sprintf("Python %s gets no more fixes", version), "take 3.10 or later, if the packages allow it")
		if older(version, "3.0") {
			d.Message, d.Severity = fmt.Sprintf("Python %s ended in 2020, and ImJoy's modules need Python 3", version), source.Error
		}
	}
}

var ruleSecret = &source.Rule{
	Code: "secret-in-file", Severity: source.Error,
	Summary: "a key or token stands in the file",
	Doc:     "A plugin is a file that others read. Whoever finds the key can use it: revoke it first, then take it out, and let people enter their own (`api.prompt`, `api.setConfig`).",
	Bad:     "<script lang=\"javascript\">\nconst token = \"ghp_0123456789abcdefghijABCDEFGHIJ012345\"\napi.export({setup() {}, run() { return token }})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, async run() { return await api.getConfig(\"token\") }})\n</script>",
}

// secretForms are keys that are known by how they begin and how long they are.
var secretForms = []struct {
	start string
	what  string
	least int // characters behind the start
	most  int // 0: any number
}{
	{"ghp_", "a token of GitHub", 36, 36}, {"gho_", "a token of GitHub", 36, 36}, {"ghu_", "a token of GitHub", 36, 36}, {"ghs_", "a token of GitHub", 36, 36},
	{"ghr_", "a token of GitHub", 36, 36}, {"github_pat_", "a token of GitHub", 60, 0}, {"glpat-", "a token of GitLab", 20, 0}, {"AKIA", "a key of AWS", 16, 16},
	{"AIza", "a key of Google", 35, 35}, {"xoxb-", "a token of Slack", 20, 0}, {"xoxp-", "a token of Slack", 20, 0}, {"xoxa-", "a token of Slack", 20, 0},
	{"sk-proj-", "a key of OpenAI", 32, 0}, {"sk-ant-", "a key of Anthropic", 32, 0}, {"hf_", "a token of Hugging Face", 34, 34}, {"pypi-AgEIcHlwaS5vcmc", "a token of PyPI", 50, 0},
	{"-----BEGIN RSA PRIVATE KEY-----", "a private key", 0, 0}, {"-----BEGIN PRIVATE KEY-----", "a private key", 0, 0},
	{"-----BEGIN OPENSSH PRIVATE KEY-----", "a private key", 0, 0}, {"-----BEGIN EC PRIVATE KEY-----", "a private key", 0, 0},
}

// secrets looks for the beginnings only, which are rare: a file may be long.
func secrets(p *pass) {
	text := p.Document.Text()
	for _, form := range secretForms {
		for at := 0; ; {
			i := bytes.Index(text[at:], []byte(form.start))
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(form.start)
			end := at
			for end < len(text) && keyByte(text[end]) {
				end++
			}
			inside := start > 0 && keyByte(text[start-1]) && keyByte(form.start[0]) && form.start[0] != '-'
			if n := end - at; inside || n < form.least || form.most > 0 && n > form.most || form.least > 0 && !varied(text[at:end]) {
				continue
			}
			p.report(p.Document.Source.Place(source.Span{Start: start, End: end}), "this looks like "+form.what+", and everybody can read the plugin", "revoke it, then let people enter their own")
			at = end
		}
	}
}

func keyByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// varied reports whether a key is more than a row of x, as examples have it.
func varied(key []byte) bool {
	var seen [256]bool
	n := 0
	for _, c := range key {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n >= 8
}
