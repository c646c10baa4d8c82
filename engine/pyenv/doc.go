// Package pyenv makes the Python environments that plugins declare, with uv, with
// venv and pip, or with conda.
//
// Call [Open] for the environments of one folder, then [Environments.Make] with a
// declaration: it answers with an [Environment] whose interpreter has everything, and
// with exact versions and hashes for a lock. [Environments.Spec] says beforehand what
// would be made, [Environments.Satisfied] whether an interpreter has it all already.
//
//	<dir>/<hash>/environment.json    what it is; written last: without it, it is not
//	<dir>/<hash>/python/             the virtual environment
//	<dir>/<hash>/repos/              clones, read-only
//	<dir>/<hash>/work/               where plugins with clones start; links to them
//	<dir>/<hash>/build.log           what the installers said
//	<dir>/.locks/<hash>.lock         exclusive while it is made, shared while in use
//
// The hash is of the declaration, the interpreter and the platform, so equal
// declarations share an environment and unequal ones never do, whatever their authors
// call them. An environment is made at its final place, because a moved one loses its
// scripts, and nothing is changed in it afterwards.
//
// No string of a plugin reaches a shell: a declaration's parts are arguments, and what
// installers run is chosen here. Only wheels are installed, which runs no code of
// theirs, unless [Options.AllowBuild] says otherwise. A person's own settings of
// package indexes count, a plugin's cannot.
//
// The package knows nothing of plugins, permissions and repositories.
package pyenv
