// Package schema checks data against the `inputs` and `outputs` of a plugin: JSON
// Schema, draft 7, with ImJoy's keywords `file`, `ndarray` and `url` and its
// shorthand, and it publishes the schemas of this project's own formats.
//
// [CompileField] takes the value of `inputs` or `outputs` as written and answers a
// [Schema] and what is wrong with it; [Compile] takes a plain JSON Schema.
// [Schema.Validate] checks a value and answers every [Violation] with a JSON pointer
// into the data and the place of the rule in the plugin. [Schema.Describe] reads a
// schema aloud, for documentation. [Published] are the schemas of the formats.
//
// Values are plain JSON as encoding/json decodes it. A file is an object with
// `_rtype: "file"` or {name, type, size, path}, an array one with `_rtype:
// "ndarray"`, `_rshape` and `_rdtype`; its data is never looked at. Other Go values
// may say what they are by implementing [Describer].
//
// Nothing is ever opened: a reference out of the document is a fault of the schema.
// Patterns are those of JavaScript and cannot run away.
//
// The package imports a library whose initialisation costs milliseconds, so only
// commands that validate should reach it.
package schema
