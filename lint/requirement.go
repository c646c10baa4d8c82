package lint

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

var requirementChecks = []check{
	{ruleUnversionedPackage, unversionedPackages},
}

var ruleUnversionedPackage = &source.Rule{
	Code: "requirement-unversioned", Severity: source.Info,
	Summary: "packages without a version",
	Doc: "A package without a version is whatever is newest on the day of installation. Most Python plugins that stopped working did so because a package moved on. " +
		"Bounds such as `numpy>=1.21,<2` keep a plugin working without tying it to one release. " +
		"Where a lock beside the plugin knows the versions, `imjoy lint --unsafe-fixes` writes those.",
	Bad:  `{"type": "native-python", "requirements": ["pip: numpy"]}`,
	Good: `{"type": "native-python", "requirements": ["pip: 'numpy>=1.21,<2'"]}`,
}

// unversionedPackages tells once for each plan, at the first package: a list of
// them is no news in every line.
func unversionedPackages(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		open, total := unversionedOf(plan)
		if len(open) == 0 || told[open[0].Place.Span] {
			continue
		}
		told[open[0].Place.Span] = true
		p.report(open[0].Place, fmt.Sprintf("%d of %d packages have no version: %s", len(open), total, packageNames(open)), "bounds keep a plugin working when a package moves on: 'name>=1.2,<2'")
	}
}

// packageNames lists the names of packages, the first few of many.
func packageNames(list []requirement.Package) string {
	names := make([]string, len(list))
	for i, pkg := range list {
		names[i] = pkg.Name
	}
	return someOf(names)
}

// unversionedOf returns the packages of a plan that have no version, and how many could
// have one.
func unversionedOf(plan *tags.Plan) (open []requirement.Package, total int) {
	for _, list := range [][]requirement.Package{plan.Needs.Conda, plan.Needs.Pip} {
		for _, pkg := range list {
			if pkg.Implied || pkg.URL != "" || pkg.Path != "" {
				continue
			}
			total++
			if pkg.Specifier == "" {
				open = append(open, pkg)
			}
		}
	}
	return open, total
}
