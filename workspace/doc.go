// Package workspace lets plugins live together: it opens them when they are needed,
// finds one for another by name, keeps their settings, carries their events and
// services, and runs one of them as a [Job].
//
// Open a [Workspace], call [Workspace.Run], and Close it:
//
//	w := workspace.Open(workspace.Options{Runtimes: ..., Find: ..., Frontend: ...})
//	defer w.Close(ctx)
//	result, err := w.Run(ctx, workspace.Job{Plan: plan, Config: config, Data: data})
//
// What holds, whatever the plugins do:
//
//   - At most one plugin of a name and a tag runs. Everybody who asks while it is being
//     opened gets the same one; one that died is opened again for the next who asks.
//     Only windows, and what [Workspace.Instance] opens, are copies beside it, and of a
//     plugin with the flag single-instance there are none.
//   - Plugins that wait for each other in their setup are told so, with a [WaitError]
//     that names the ring, at once.
//   - A plugin ends before those it got from others, so its exit can still use them,
//     and one whose exit fails keeps nobody from ending.
//   - Data that the plugin's inputs refuse never reaches it.
//   - Events reach each handler one after the other, in the order they were emitted.
//   - A plugin reads and changes its own settings only, and every question to people
//     says which plugin asks.
//
// Below it lie rooms of their own: workflow reads the files that chain plugins, disk gives
// plugins a private folder, plugintest runs a plugin's test functions. What a workspace
// has of its plugins is in members.go (one of a name and a tag), instances.go (copies,
// windows) and guests.go (brought by others); what they have of it in host.go, which
// services.go, events.go, settings.go and windows.go serve.
//
// Where plugins come from (Find) and how people are asked and told (Frontend) is
// passed in: the package knows neither terminals and browsers nor installing.
package workspace
