// Package engine runs plugins: a plan and a host become a plugin that can be called
// and closed.
//
// Call [Open] with a plan (package tags makes it from a document), then
// [Plugin.Call] and [Plugin.Close]:
//
//	doc, _ := pluginfile.Parse("hello.imjoy.html", text)
//	plan, _ := tags.Resolve(doc, "")
//	plugin, err := engine.Open(ctx, plan, engine.Options{})
//	...
//	result, err := plugin.Call(ctx, "run", value.NewObject("config", nil, "data", 21.0))
//
// Where a plugin runs is a [Runtime]: [InProcess] (the default) is JavaScript in
// this process, quick to start and not contained; [Worker] is JavaScript in a child
// with limits, for plugins of strangers; [Python] is a Python child. A program that
// uses Worker with its own binary begins main with
//
//	if engine.ServeWorker(os.Args) {
//		return
//	}
//
// What a plugin asks for through `api` goes to [Host], a struct of small
// interfaces. A nil field means that this is not available: the plugin's call is
// rejected with a sentence that says so.
//
// A plugin's own error is a [ScriptError] at places of the document; a plugin that
// had to be ended, or died, is an [Ended] with its reason. Values that cross are
// those of package value. The package knows nothing of repositories, stores,
// terminals or browsers.
package engine
