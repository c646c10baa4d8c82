package form

// Schema returns the form as a JSON Schema (draft 7) of what [Form.Config] takes:
// for tools that speak schemas. The order of its fields is that of [Form.Keys].
func (f *Form) Schema() map[string]any {
	properties := map[string]any{}
	required := []any{}
	if f != nil {
		for i := range f.Fields {
			field := &f.Fields[i]
			if !field.settable() {
				continue
			}
			properties[field.DataID] = field.schema()
			if field.Required {
				required = append(required, field.DataID)
			}
		}
	}
	schema := map[string]any{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"type":                 "object",
		"properties":           properties,
		"additionalProperties": false,
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (f *Field) schema() map[string]any {
	schema := map[string]any{"title": f.Label}
	if f.Default != nil {
		schema["default"] = clone(f.Default)
	}
	description := f.Description
	if description == "" && f.After != "" {
		description = f.After
	}
	if description != "" {
		schema["description"] = description
	}
	switch f.Type {
	case Number, Integer:
		f.numberSchema(schema)
	case Choose:
		f.chooseSchema(schema)
	case Color:
		schema["type"], schema["pattern"] = "string", `^rgb\([0-9]{1,3},[0-9]{1,3},[0-9]{1,3}\)$`
	case String, Variable:
		schema["type"] = "string"
	case URL:
		schema["type"], schema["format"] = "string", "uri"
	case File, NDArray:
		schema["type"], schema["description"] = "string", "the path of a file"
		if description != "" {
			schema["description"] = description + " (the path of a file)"
		}
	case Boolean, List, Object, Comment:
		schema["type"] = map[string]string{Boolean: "boolean", List: "array", Object: "object", Comment: "object"}[f.Type]
	}
	return schema
}

func (f *Field) numberSchema(schema map[string]any) {
	schema["type"] = f.Type
	if f.Min != nil {
		schema["minimum"] = *f.Min
	}
	if f.Max != nil {
		schema["maximum"] = *f.Max
	}
	if f.Step != nil && onGrid(f.base(), 0, *f.Step) { // else JSON Schema has no word for it
		schema["multipleOf"] = *f.Step
	}
}

// chooseSchema names the labels only where they differ from the values.
func (f *Field) chooseSchema(schema map[string]any) {
	values, named := make([]any, len(f.Options)), make([]any, len(f.Options))
	differ := false
	for i, o := range f.Options {
		values[i] = clone(o.Value)
		named[i] = map[string]any{"const": clone(o.Value), "title": o.Label}
		differ = differ || o.Label != textOfValue(o.Value)
	}
	if differ {
		schema["oneOf"] = named
		return
	}
	schema["enum"] = values
}
