package tags

import (
	"bytes"
	"encoding/json"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// JSONVersion is the version of what [Plan.MarshalJSON] writes. It grows when a
// reader of the old shape would go wrong, not when something is added.
const JSONVersion = 1

// MarshalJSON writes the plan for other programs. Lines and columns are 1-based and
// count Unicode characters. Lists are never null.
func (p *Plan) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(planJSON{
		Version: JSONVersion, File: p.Document.Source.Name,
		Name: p.Name, PluginVersion: p.Version, APIVersion: p.APIVersion, Description: p.Description,
		Type: p.Type, Tag: p.Tag, Tags: listed(p.Tags), Language: p.Language, Runtimes: listed(p.Runtimes),
		Runnable: p.Runnable, Passive: p.Passive,
		Scripts: each(p.Scripts, scriptOf), Environment: environmentOf(p.Needs), Requirements: requirementsOf(p.Needs),
		Commands: each(p.Needs.Commands, commandOf), Refused: each(p.Needs.Refused, itemOf),
		Dependencies: each(p.Dependencies, dependencyOf), Permissions: p.Sheet,
		UI: each(p.UI.Fields, fieldOf), Inputs: p.Inputs.Plain(), Outputs: p.Outputs.Plain(),
		Flags: listed(p.Flags), Labels: listed(p.Labels), Icon: p.Icon, Cover: listed(p.Cover),
		BaseFrame: p.BaseFrame, BaseWorker: p.BaseWorker, Defaults: p.Defaults,
	})
	return bytes.TrimSpace(b.Bytes()), err
}

type planJSON struct {
	Version       int              `json:"version"`
	File          string           `json:"file"`
	Name          string           `json:"name"`
	PluginVersion string           `json:"plugin_version"`
	APIVersion    string           `json:"api_version"`
	Description   string           `json:"description"`
	Type          string           `json:"type"`
	Tag           string           `json:"tag"`
	Tags          []string         `json:"tags"`
	Language      string           `json:"language"`
	Runtimes      []string         `json:"runtimes"`
	Runnable      bool             `json:"runnable"`
	Passive       bool             `json:"passive"`
	Scripts       []scriptJSON     `json:"scripts"`
	Environment   environmentJSON  `json:"env"`
	Requirements  []needJSON       `json:"requirements"`
	Commands      []commandJSON    `json:"commands"`
	Refused       []itemJSON       `json:"refused"`
	Dependencies  []dependencyJSON `json:"dependencies"`
	Permissions   permission.Sheet `json:"permissions"`
	UI            []fieldJSON      `json:"ui"`
	Inputs        any              `json:"inputs"`
	Outputs       any              `json:"outputs"`
	Flags         []string         `json:"flags"`
	Labels        []string         `json:"labels"`
	Icon          string           `json:"icon"`
	Cover         []string         `json:"cover"`
	BaseFrame     string           `json:"base_frame,omitempty"`
	BaseWorker    string           `json:"base_worker,omitempty"`
	Defaults      map[string]any   `json:"defaults,omitempty"`
}

type scriptJSON struct {
	Lang    string `json:"lang"` // as written
	Tag     string `json:"tag,omitempty"`
	Type    string `json:"type,omitempty"` // "module"
	Src     string `json:"src,omitempty"`
	Line    int    `json:"line"`
	EndLine int    `json:"end_line"`
}

type environmentJSON struct {
	Python    string            `json:"python,omitempty"` // PEP 440
	Name      string            `json:"name,omitempty"`
	Files     []string          `json:"files,omitempty"`
	Channels  []string          `json:"channels,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
	GPU       bool              `json:"gpu,omitempty"`
	Binder    string            `json:"binder,omitempty"`
	Program   []string          `json:"program,omitempty"`
}

type itemJSON struct {
	Text string `json:"text"` // as written
	source.Position
}

type needJSON struct {
	Manager   string   `json:"manager"` // pip, conda, git, script, module, style, cache
	Name      string   `json:"name,omitempty"`
	Extras    []string `json:"extras,omitempty"`
	Specifier string   `json:"specifier,omitempty"`
	Build     string   `json:"build,omitempty"`
	Channel   string   `json:"channel,omitempty"`
	Marker    string   `json:"marker,omitempty"`
	URL       string   `json:"url,omitempty"`
	Ref       string   `json:"ref,omitempty"`
	Dir       string   `json:"dir,omitempty"`
	Editable  bool     `json:"editable,omitempty"`
	Options   []string `json:"options,omitempty"`
	Implied   bool     `json:"implied,omitempty"`
	itemJSON
}

type commandJSON struct {
	Words []string `json:"words"`
	itemJSON
}

type dependencyJSON struct {
	Address string `json:"address"`
	Name    string `json:"name,omitempty"`
	Tag     string `json:"tag,omitempty"`
	source.Position
}

type fieldJSON struct {
	ID      string       `json:"id"`
	DataID  string       `json:"data_id"`
	Type    string       `json:"type"`
	Label   string       `json:"label"`
	After   string       `json:"after,omitempty"`
	Default any          `json:"default"`
	Options []optionJSON `json:"options,omitempty"`
	Min     *float64     `json:"min,omitempty"`
	Max     *float64     `json:"max,omitempty"`
	Step    *float64     `json:"step,omitempty"`
	source.Position
}

type optionJSON struct {
	Label string `json:"label"`
	Value any    `json:"value"`
}

func each[T, J any](list []T, of func(T) J) []J {
	out := make([]J, len(list))
	for i := range list {
		out[i] = of(list[i])
	}
	return out
}

func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func scriptOf(b *pluginfile.Block) scriptJSON {
	first, last := Lines(b)
	return scriptJSON{Lang: b.Lang(), Tag: b.Value("tag"), Type: b.Value("type"), Src: b.Value("src"), Line: first, EndLine: last}
}

// Lines returns the first and the last line of a block, tags included.
func Lines(b *pluginfile.Block) (first, last int) {
	return b.Source.Position(b.Span.Start, source.Bytes).Line, b.Source.Position(max(b.Span.Start, b.Span.End-1), source.Bytes).Line
}

func itemOf(i requirement.Item) itemJSON {
	return itemJSON{Text: address.Redact(i.Text), Position: start(i.Place)}
}

func commandOf(c requirement.Command) commandJSON {
	return commandJSON{Words: listed(c.Words), itemJSON: itemOf(c.Item)}
}

func dependencyOf(d Dependency) dependencyJSON {
	return dependencyJSON{Address: address.Redact(d.Address.String()), Name: d.Address.Name, Tag: d.Address.Tag, Position: start(d.Place)}
}

func fieldOf(f form.Field) fieldJSON {
	return fieldJSON{
		ID: f.ID, DataID: f.DataID, Type: f.Type, Label: f.Label, After: f.After, Default: f.Default,
		Options: each(f.Options, func(o form.Option) optionJSON { return optionJSON{o.Label, o.Value} }),
		Min:     f.Min, Max: f.Max, Step: f.Step, Position: start(f.Place),
	}
}

func environmentOf(d *requirement.Declaration) environmentJSON {
	e := environmentJSON{Name: d.EnvName, GPU: d.GPU != nil}
	if d.Python != nil {
		e.Python = d.Python.Constraint
	}
	if d.Binder != nil {
		e.Binder = d.Binder.Spec
	}
	if d.Program != nil {
		e.Program = d.Program.Words
	}
	for _, f := range d.EnvFiles {
		e.Files = append(e.Files, f.Path)
	}
	for _, c := range d.Channels {
		e.Channels = append(e.Channels, c.Name)
	}
	for _, v := range d.Variables {
		if e.Variables == nil {
			e.Variables = make(map[string]string)
		}
		e.Variables[v.Name] = v.Value
	}
	return e
}

// requirementsOf lists everything to bring, each manager's in its order.
func requirementsOf(d *requirement.Declaration) []needJSON {
	list := []needJSON{}
	for _, r := range d.Repos {
		list = append(list, needJSON{Manager: "git", URL: address.Redact(r.URL), Ref: r.Ref, Dir: r.Dir, itemJSON: itemOf(r.Item)})
	}
	for _, p := range d.Conda {
		list = append(list, packageOf("conda", p))
	}
	for _, p := range d.Pip {
		list = append(list, packageOf("pip", p))
	}
	for _, s := range d.URLs {
		list = append(list, needJSON{Manager: string(s.Kind), URL: address.Redact(s.URL), itemJSON: itemOf(s.Item)})
	}
	return list
}

func packageOf(manager string, p requirement.Package) needJSON {
	return needJSON{
		Manager: manager, Name: p.Name, Extras: p.Extras, Specifier: p.Specifier, Build: p.Build, Channel: p.Channel, Marker: p.Marker,
		URL: address.Redact(p.URL), Ref: p.Rev, Dir: p.Path, Editable: p.Editable, Options: p.Options, Implied: p.Implied, itemJSON: itemOf(p.Item),
	}
}

func start(p source.Place) source.Position {
	first, _ := p.Range()
	return first
}
