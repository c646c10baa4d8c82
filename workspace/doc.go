// Package workspace lets plugins live together: it opens them when they are needed,
// finds one for another by name, keeps their settings, carries their events, and
// runs one of them as a [Job].
//
// Open a [Workspace], call [Workspace.Run], and Close it: plugins end in the reverse
// order of their beginning, each on its own, so that one that fails does not keep
// the others from ending. At most one plugin of a name runs in a workspace.
//
//	w := workspace.Open(workspace.Options{Runtimes: ..., Find: ..., Frontend: ...})
//	defer w.Close(ctx)
//	result, err := w.Run(ctx, workspace.Job{Plan: plan, Config: config, Data: data})
//
// Where plugins come from (Find) and how people are asked and told (Frontend) is
// passed in: the package knows neither terminals and browsers nor installing.
package workspace
