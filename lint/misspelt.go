package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Names of Python packages and modules that are spelt wrong.

// wellKnown are the packages that plugins use most, by what they are called on PyPI or
// conda: a slip in one of these names is what strangers register. The list is short on
// purpose, as every name on it needs a look at its neighbours.
var wellKnown = []string{
	"aiohttp", "albumentations", "cellpose", "csbdeep", "geopandas", "huggingface-hub", "imageio", "imgaug", "imjoy", "imjoy-rpc", "joblib", "keras", "matplotlib", "networkx",
	"nibabel", "numba", "numpy", "onnxruntime", "opencv-python", "opencv-python-headless", "pandas", "pillow", "plotly", "psutil", "pydantic", "pydicom", "pytorch", "requests",
	"scikit-image", "scikit-learn", "scipy", "seaborn", "simpleitk", "stardist", "statsmodels", "tensorboard", "tensorflow", "tensorflow-gpu", "tifffile", "torchvision",
	"transformers", "xarray",
}

// ofTheirOwn are packages that exist, do something of their own and are a slip away from
// a well-known one.
var ofTheirOwn = []string{
	"eras", "imaug", "jblib", "jolib", "kera", "network", "networkxx", "numa", "nupy", "oblib", "panda", "panddas", "panndas", "pplotly", "putil", "pydico", "pyicom",
	"scip", "scippy", "scpy", "simpletk", "sipy", "sputil", "stadist", "sutil", "tiffile", "umpy",
}

// wellKnownModules are modules that scripts import most, where they are not called as
// their packages are.
var wellKnownModules = []string{
	"SimpleITK", "skimage", "sklearn", "imjoy_rpc", "asyncio", "base64", "collections", "datetime", "functools", "itertools", "json", "logging", "pathlib", "pickle", "random",
	"shutil", "subprocess", "tempfile", "threading", "traceback", "typing", "urllib", "warnings", "zipfile",
}

// slipOf returns the name that another is a slip of, "" where it is of none: one letter is
// missing or doubled, or two neighbours are swapped. A letter that is another is no slip
// here: too many packages are called so on purpose.
func slipOf(name string, names []string) string {
	for _, known := range names {
		if name != known && len(name) >= len(known)-1 && len(name) <= len(known)+1 && slipped(name, known) {
			return known
		}
	}
	return ""
}

func slipped(name, known string) bool {
	i := 0
	for i < len(name) && i < len(known) && name[i] == known[i] {
		i++
	}
	switch rest := known[i:]; {
	case len(name) < len(known): // missing
		return len(name) > 3 && name[i:] == rest[1:]
	case len(name) > len(known): // doubled
		return i > 0 && name[i] == name[i-1] && name[i+1:] == rest
	}
	return len(known)-i > 1 && name[i] == known[i+1] && name[i+1] == known[i] && name[i+2:] == known[i+2:]
}

var ruleRequirementMisspelt = &source.Rule{
	Code: "requirement-misspelt", Severity: source.Warning,
	Summary: "a package whose name is a slip away from a well-known one",
	Doc: "Nobody may have that package, or a stranger: names like `nummpy` are registered to be installed by mistake, and installing a package runs its code. " +
		"Told are names of some forty packages of science with one letter missing or doubled, or two swapped, except those of packages that are known to do something of their own.",
	Bad:  `{"type": "native-python", "requirements": ["pip: nummpy==1.26.4"]}`,
	Good: `{"type": "native-python", "requirements": ["pip: numpy==1.26.4"]}`,
}

func requirementMisspelt(p *pass) {
	p.eachPackage(func(_ *requirement.Declaration, pkg requirement.Package, _ bool) {
		meant := ""
		if key := pkg.Key(); pkg.URL == "" && pkg.Path == "" && !slices.Contains(wellKnown, key) && !slices.Contains(ofTheirOwn, key) {
			meant = slipOf(key, wellKnown)
		}
		if meant != "" {
			d := p.report(pkg.Place, fmt.Sprintf("%s is not %s: it is missing, or a stranger's", pkg.Name, meant), fmt.Sprintf("did you mean %s?", meant))
			d.Fixes = writeName(pkg.Place, pkg.Name, meant)
		}
	})
}

// writeName is the fix that writes another name where one stands once in a place.
func writeName(place source.Place, name, meant string) []source.Fix {
	written := string(place.Slice(place.Span))
	at := strings.Index(written, name)
	if at < 0 || strings.Count(written, name) != 1 {
		return nil
	}
	start := place.Span.Start + at
	return fix("write "+meant, false, source.Edit{Span: source.Span{Start: start, End: start + len(name)}, New: meant})
}

// misspeltModule returns the module that an import was probably meant for.
func misspeltModule(module string) string {
	if slices.Contains(wellKnownModules, module) || slices.Contains(wellKnown, module) || slices.Contains(ofTheirOwn, module) {
		return ""
	}
	if meant := slipOf(module, wellKnownModules); meant != "" {
		return meant
	}
	meant := slipOf(module, wellKnown)
	if strings.Contains(meant, "-") {
		return "" // no module is called so
	}
	return meant
}
