package findings

import (
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// sarifSchema is the address of the schema that the report names.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription sarifMessage `json:"shortDescription"`
		Help             *sarifHelp   `json:"help,omitempty"`
		Default          sarifLevel   `json:"defaultConfiguration"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Fixes        []sarifFix        `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		ID       *int          `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifMessage `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifMessage  `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion   `json:"deletedRegion"`
		Inserted *sarifMessage `json:"insertedContent,omitempty"`
	}
)

// writeSARIF writes one run of SARIF 2.1.0. Columns are Unicode code points.
func writeSARIF(w io.Writer, list []source.Diagnostic, o Options) error {
	var run sarifRun
	run.ColumnKind = "unicodeCodePoints"
	run.Tool.Driver = sarifDriver{Name: "imjoy lint", Version: o.Version, InformationURI: "https://github.com/imjoy-tools/imjoy"}
	index := run.Tool.Driver.describe(list, o.Rules)
	run.Results = make([]sarifResult, len(list))
	r := new(rulers)
	for i, print := range Fingerprints(list, nil) {
		run.Results[i] = sarifResultOf(r, list[i])
		run.Results[i].RuleIndex = index[list[i].Code]
		run.Results[i].Fingerprints = map[string]string{"imjoyLint/v1": print}
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// describe adds the rules of the codes of a list, and returns where each one is.
func (driver *sarifDriver) describe(list []source.Diagnostic, rules []*source.Rule) map[string]int {
	driver.Rules = []sarifRule{}
	index := map[string]int{}
	for _, d := range list {
		if _, known := index[d.Code]; known {
			continue
		}
		index[d.Code] = len(driver.Rules)
		rule := sarifRule{ID: ruleID(d.Code), ShortDescription: sarifMessage{d.Message}, Default: sarifLevel{level(d.Severity)}}
		if i := slices.IndexFunc(rules, func(r *source.Rule) bool { return r.Code == d.Code }); i >= 0 {
			known := rules[i]
			rule.ShortDescription.Text, rule.Default.Level = known.Summary, level(known.Severity)
			rule.Help = &sarifHelp{known.Doc, known.Doc + "\n\nBad:\n\n" + fenced(known.Bad) + "\n\nGood:\n\n" + fenced(known.Good)}
		}
		driver.Rules = append(driver.Rules, rule)
	}
	return index
}

func ruleID(code string) string {
	if code == "" {
		return "imjoy"
	}
	return code
}

// fenced is an example as a block of code in Markdown.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "html\n" + strings.TrimRight(text, "\n") + "\n" + fence
}

func sarifResultOf(r *rulers, d source.Diagnostic) sarifResult {
	result := sarifResult{RuleID: ruleID(d.Code), Level: level(d.Severity), Message: sarifMessage{d.Message}}
	if d.Hint != "" {
		result.Message.Text += ". " + d.Hint
	}
	if d.Place.Known() {
		result.Locations = []sarifLocation{{Physical: physical(&r.primary, d.Place)}}
	}
	for _, n := range d.Related {
		if n.Place.Known() {
			id := len(result.Related)
			result.Related = append(result.Related, sarifLocation{ID: &id, Physical: physical(&r.notes, n.Place), Message: &sarifMessage{n.Message}})
		}
	}
	for _, fix := range d.Fixes {
		if d.Place.Known() && len(fix.Edits) > 0 {
			result.Fixes = append(result.Fixes, sarifFixOf(d.Place.Source, fix))
		}
	}
	return result
}

func sarifFixOf(src *source.Source, fix source.Fix) sarifFix {
	change := sarifChange{Artifact: sarifArtifact{fileURI(src.Name)}}
	for _, e := range fix.Edits {
		replacement := sarifReplacement{Deleted: physical(new(ruler), src.Place(e.Span)).Region}
		if e.New != "" {
			replacement.Inserted = &sarifMessage{e.New}
		}
		change.Replacements = append(change.Replacements, replacement)
	}
	return sarifFix{Description: sarifMessage{fix.Title}, Changes: []sarifChange{change}}
}

func physical(r *ruler, place source.Place) sarifPhysical {
	p := placeOf(r, place)
	return sarifPhysical{sarifArtifact{fileURI(p.File)}, sarifRegion{p.Line, p.Column, p.EndLine, p.EndColumn}}
}

// fileURI writes the name of a file as a relative URI, or as one of the file scheme.
func fileURI(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if path.IsAbs(name) {
		return (&url.URL{Scheme: "file", Path: name}).String()
	}
	return (&url.URL{Path: name}).String()
}

func level(s source.Severity) string {
	switch s {
	case source.Error:
		return "error"
	case source.Warning:
		return "warning"
	}
	return "note"
}
