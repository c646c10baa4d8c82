package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// maxDataBytes bounds the JSON text of --data.
const maxDataBytes = 256 << 20

type validateFlags struct {
	data    string
	hasData bool
	outputs bool
	tag     string
	asJSON  bool
}

func newValidateCommand(a *app.App) *cobra.Command {
	var f validateFlags
	cmd := &cobra.Command{
		Use:   "validate PLUGIN|WORKFLOW.yaml [FILE...]",
		Short: "Check data against the inputs or outputs of a plugin",
		Long: `Check data against the inputs of a plugin, or with --outputs a result against its
outputs. PLUGIN is a plugin file; nothing of it is executed, and nothing is fetched.

Of a WORKFLOW.yaml it is checked, before anything runs, that its plugins are there, that
their forms have its settings, and that each step takes what the one before answers.

The data is JSON from --data, or files: a FILE is the data {name, type, size, path},
or goes where the inputs have one property for a file. Several FILEs are a list.
With --data as well, the files are added to that object.

Every violation is shown with a JSON pointer into the data and the rule in the plugin
that it breaks. The exit code is 1 when there is one, or when the schema itself has
errors; 5 when the plugin file cannot be read for certain.

With --json the answer is one object:

  version      1
  file         the plugin file; field: "inputs" or "outputs"
  valid        whether the data fits
  violations   [{pointer, keyword, message, hint, file, line, column, end_line,
               end_column}]: the place is that of the rule
  diagnostics  what is wrong with the schema, as of ` + "`imjoy lint --format json`",
		Example: `  imjoy validate segment.imjoy.html cells.png
  imjoy validate segment.imjoy.html --data '{"sigma": 2}'
  imjoy validate segment.imjoy.html --data @input.json --json
  imjoy run stats.imjoy.html | imjoy validate --outputs stats.imjoy.html --data -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("imjoy validate PLUGIN --data JSON, or PLUGIN FILE...", "name a plugin file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.hasData = cmd.Flags().Changed("data")
			return validate(a, args[0], args[1:], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.data, "data", "d", "", "the data: `JSON` text, @FILE, or - for standard input")
	flags.BoolVar(&f.outputs, "outputs", false, "check a result of the plugin against its outputs")
	flags.StringVarP(&f.tag, "tag", "t", "", "the plugin with this `TAG`")
	jsonFlag(flags, &f.asJSON)
	return cmd
}

func validate(a *app.App, name string, files []string, f validateFlags) error {
	if workflow.MayBe(name) {
		return validateWorkflow(a, name, files, f)
	}
	if !f.hasData && len(files) == 0 {
		return usageError("give JSON with --data, or files", "there is no data to check")
	}
	if f.data == "-" && name == "-" {
		return usageError("give one of them as a file", "both the plugin and the data are standard input")
	}
	field, plan, err := plannedField(a, &name, f)
	if err != nil {
		return err
	}
	s, faults := schema.CompileField(field, !f.outputs)
	data, err := validateData(a, s, files, f)
	if err != nil {
		return err
	}
	return showVerdict(a, verdict{plan: plan, file: name, schema: s, faults: faults, violations: s.Validate(data)}, f)
}

// plannedField reads the plugin and returns the schema that was asked for.
func plannedField(a *app.App, name *string, f validateFlags) (*conf.Node, *tags.Plan, error) {
	wanted := planFlags{tag: f.tag}
	doc, found, err := planFile(a, name, &wanted)
	if err != nil {
		return nil, nil, err
	}
	if blocking := pluginfile.Blocking(found); len(blocking) > 0 {
		if err := showFindings(a, a.Stderr, a.StderrTTY, blocking); err != nil {
			return nil, nil, err
		}
		return nil, nil, withExit(exitRefused, fmt.Errorf("%s: nothing is checked while the file has such errors", findings.Clean(*name)), "")
	}
	plans, _, err := plansOf(doc, wanted)
	if err != nil {
		return nil, nil, err
	}
	if f.outputs {
		return plans[0].Outputs, plans[0], nil
	}
	return plans[0].Inputs, plans[0], nil
}

// validateData puts together what is checked.
func validateData(a *app.App, s *schema.Schema, names []string, f validateFlags) (any, error) {
	var data any
	if f.hasData {
		var err error
		if data, err = readData(a, f.data); err != nil || len(names) == 0 {
			return data, err
		}
	}
	files := make([]any, len(names))
	for i, name := range names {
		file, err := fileDatum(a, name)
		if err != nil {
			return nil, withExit(exitMissing, err, "")
		}
		files[i] = file
	}
	var value any = files
	property, list, ok := s.FileProperty()
	if len(files) == 1 && !(ok && list) {
		value = files[0]
	}
	if f.hasData {
		object, isObject := data.(map[string]any)
		if !isObject || !ok {
			return nil, usageError("give either --data or files", "the files have no place in the data: the schema has not exactly one property for them")
		}
		object[property] = value
		return object, nil
	}
	if ok && (len(files) == 1 || list) {
		return map[string]any{property: value}, nil
	}
	return value, nil
}

// readData reads the JSON of --data: text, @FILE or - for standard input.
func readData(a *app.App, data string) (any, error) {
	name, text := "--data", []byte(data)
	var err error
	switch file, isFile := strings.CutPrefix(data, "@"); {
	case data == "-":
		name = "standard input"
		text, err = io.ReadAll(io.LimitReader(a.Stdin, maxDataBytes+1))
	case isFile:
		name = file
		text, err = readLimited(a, file)
	}
	if err != nil {
		return nil, withExit(exitMissing, unread(name, err), "")
	}
	if len(text) > maxDataBytes {
		return nil, usageError("", "%s has more than %d MiB", findings.Clean(name), maxDataBytes>>20)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err == nil && decoder.Decode(new(any)) == io.EOF {
		return value, nil
	}
	s := source.New(name, text)
	_, faults := conf.ParseJSON(source.Whole(s, s.All()))
	if err := showFindings(a, a.Stderr, a.StderrTTY, faults); err != nil {
		return nil, err
	}
	hint := ""
	if _, err := os.Stat(filepath.Join(a.Dir, data)); err == nil {
		hint = "to read it from a file write --data @" + data
	}
	return nil, usageError(hint, "the data is not JSON")
}

func readLimited(a *app.App, name string) ([]byte, error) {
	file, err := os.Open(inDir(a, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxDataBytes+1))
}

func inDir(a *app.App, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.Dir, name)
}

// verdict is the answer of validate.
type verdict struct {
	plan       *tags.Plan
	file       string
	schema     *schema.Schema
	faults     []source.Diagnostic
	violations []schema.Violation
}

func (v verdict) bad() bool {
	return len(v.violations) > 0 || source.Worst(v.faults) == source.Error
}

func showVerdict(a *app.App, v verdict, f validateFlags) error {
	show := verdictText
	if f.asJSON {
		show = verdictJSON
	}
	if err := show(a, v, f); err != nil {
		return err
	}
	if v.bad() {
		return foundSomething()
	}
	return nil
}

func (f validateFlags) field() string {
	if f.outputs {
		return "outputs"
	}
	return "inputs"
}

func verdictText(a *app.App, v verdict, f validateFlags) error {
	if err := showFindings(a, a.Stderr, a.StderrTTY, v.faults); err != nil {
		return err
	}
	list := make([]source.Diagnostic, len(v.violations))
	for i, violation := range v.violations {
		at := violation.Pointer
		if at == "" {
			at = "the data"
		}
		list[i] = source.Diagnostic{
			Code: violation.Keyword, Severity: source.Error, Place: violation.Rule,
			Message: findings.Clean(at) + ": " + violation.Message, Hint: violation.Hint,
		}
	}
	if err := showFindings(a, a.Stdout, a.StdoutTTY, list); err != nil {
		return err
	}
	var err error
	switch {
	case v.schema == nil && len(v.faults) == 0:
		_, err = fmt.Fprintf(a.Stdout, "%s has no %s: any data fits\n", findings.Clean(v.plan.Name), f.field())
	case len(list) == 0:
		_, err = fmt.Fprintf(a.Stdout, "the data fits the %s of %s\n", f.field(), findings.Clean(v.plan.Name))
	}
	return err
}

type violationJSON struct {
	Pointer   string `json:"pointer"`
	Keyword   string `json:"keyword"`
	Message   string `json:"message"`
	Hint      string `json:"hint"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}

func verdictJSON(a *app.App, v verdict, f validateFlags) error {
	out := struct {
		Version     int             `json:"version"`
		File        string          `json:"file"`
		Field       string          `json:"field"`
		Valid       bool            `json:"valid"`
		Violations  []violationJSON `json:"violations"`
		Diagnostics any             `json:"diagnostics"`
	}{1, v.file, f.field(), len(v.violations) == 0, []violationJSON{}, findings.Diagnostics(v.faults)}
	for _, violation := range v.violations {
		j := violationJSON{Pointer: violation.Pointer, Keyword: violation.Keyword, Message: violation.Message, Hint: violation.Hint}
		if violation.Rule.Known() {
			start, end := violation.Rule.Range()
			j.File, j.Line, j.Column, j.EndLine, j.EndColumn = violation.Rule.Source.Name, start.Line, start.Column, end.Line, end.Column
		}
		out.Violations = append(out.Violations, j)
	}
	return writeJSON(a.Stdout, out)
}

var errNotAFile = errors.New("it is neither a file nor a folder")
