package form

import (
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// The types of fields. The first group are ImJoy's elements; the second comes only
// from an inputs schema. A `ui` may also name an operation of another plugin: such
// a field keeps that name as its Type and takes any value.
const (
	Number   = "number"
	Choose   = "choose"
	String   = "string"
	Color    = "color"
	Button   = "button"
	Save     = "save" // never a field: it has no value
	Variable = "variableName"
	Comment  = "instructions/comment"
	Ops      = "ops"

	Integer = "integer"
	Boolean = "boolean"
	File    = "file"
	NDArray = "ndarray"
	URL     = "url"
	List    = "array"
	Object  = "object"
	Any     = "any"
)

// Field is one value the user may set.
type Field struct {
	ID     string
	DataID string // the key in ctx.config: the id, unless the element says otherwise
	Type   string // one of the constants above, or the name of an operation
	Label  string // what the form says before it, without markup; never empty
	After  string // what the form says behind it on the same line: "nm"

	Description string // of an inputs schema
	Required    bool   // of an inputs schema

	Default any      // the value when the user says nothing; nil when there is none
	Options []Option // of Choose
	Min     *float64 // of Number and Integer; nil: no limit
	Max     *float64
	Step    *float64 // distance of allowed values; nil: any

	Prefix, Suffix string // decoration of String

	Place source.Place // the element, or the schema of the property
	Node  *conf.Node   // the element as read, with keys unknown to this package
}

// Option is one answer of a [Choose] field.
type Option struct {
	Label string
	Value any // of its original JSON type
	Place source.Place
}

// elementTypes are the types ImJoy's form knows and a user can set or see.
var elementTypes = []string{Number, Choose, String, Color, Button, Save, Variable, Comment, Ops}

// workflowTypes are ImJoy's workflow operations: they may stand in a form but only
// ImJoy's own page can edit them.
var workflowTypes = []string{
	"instructions/repeat", "math/set", "math/operation", "math/if", "random/if", "random/set",
}

// elementKeys are all keys that any element understands.
var elementKeys = []string{
	"id", "type", "placeholder", "dataID", "min", "max", "step", "options", "prefix", "suffix", "color", "label",
	"variableType", "startWithExisting", "noChooser", "noVariables", "onlyOps", "resetVariables", "styles", "name",
}

// meantType tells what an author of other forms means by a type ImJoy lacks.
func meantType(written string) string {
	switch written {
	case "text", "input", "textarea", "str", "password", "multiline":
		return "write type: 'string'"
	case "int", "integer", "float", "slider", "range", "double", "num":
		return "write type: 'number'"
	case "select", "choice", "choices", "dropdown", "radio", "enum", "list", "options":
		return "write type: 'choose' with options: [...]"
	case "bool", "boolean", "checkbox", "toggle", "switch":
		return "ImJoy has no check box: write type: 'choose' with options: [true, false]"
	case "file", "path", "upload":
		return "ImJoy's forms have no file element: declare the file in `inputs`"
	}
	return ""
}

// meantKey tells which key an author means by one that has no effect.
func meantKey(written string) string {
	switch written {
	case "default", "defaultValue", "value", "initial":
		return "placeholder"
	case "choices", "values", "items":
		return "options"
	}
	return ""
}

// settable reports whether a user can give the field a value.
func (f *Field) settable() bool { return f.Type != Button && f.Type != Ops }
