// Package docsrender turns plugins into a documentation site: an index, a page for
// each plugin and a page with its source.
//
// Call [Build] with one [Input] per plugin. It answers a [Site], files in memory;
// [Site.Write] puts them into a folder and [Handler] serves them, the same bytes
// either way. A written site also works when it is opened from disk.
//
// Whatever an author writes is hostile until shown otherwise: Markdown is rendered
// within limits and sanitised ([Renderer]), everything else passes through
// html/template, and pages forbid by their Content-Security-Policy all that they do
// not need. A site never asks another host for anything. Images from elsewhere are
// links, unless [Options.Fetch] packs them.
//
// The package reads no files and opens no connections on its own: callers pass the
// documents, and functions that open and fetch images.
package docsrender
