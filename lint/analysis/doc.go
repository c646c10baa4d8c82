// Package analysis finds out what a plugin defines and uses, without running any of
// it: what its scripts export, which members of `api` they use and where, which
// attachments they ask for, where they do not parse; what its windows consist of;
// and what each tag makes of it.
//
// Call [Of] with a parsed document and read its [Facts]. JavaScript is read by
// goja's parser, and by esbuild's where goja refuses: esbuild has the last word on
// what is a syntax error. Python can only be read by Python: [WithPython] asks a
// helper for the facts of any number of documents at once; the caller starts it
// ([PythonVia]), and without it those facts are missing ([Code.Read] is false).
//
// Facts about one text are kept in a [Cache] by its content, so that an editor may
// ask again after every key stroke. All spans of a [Code] are offsets into its own
// text; [Script.Place] maps them to the file.
//
// The package judges nothing: which fact is a fault is for package lint.
package analysis
