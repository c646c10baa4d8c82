package docsrender

import (
	"embed"
	"encoding/json"
	"html/template"
	"sync"
)

//go:embed theme
var theme embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").ParseFS(theme, "theme/*.html"))
})

// assets adds the files that do not depend on plugins.
func (b *builder) assets() {
	for name, kind := range map[string]string{
		"icon.svg":   "image/svg+xml",
		"style.css":  "text/css; charset=utf-8",
		"early.js":   "text/javascript; charset=utf-8",
		"site.js":    "text/javascript; charset=utf-8",
		"live.js":    "text/javascript; charset=utf-8",
		"typeset.js": "text/javascript; charset=utf-8",
	} {
		body, _ := theme.ReadFile("theme/" + name) // embedded
		b.add("assets/"+name, kind, body)
	}
	title, _ := json.Marshal(b.site.Title) // a string cannot fail
	b.add(markerName, "application/json", []byte(marker+`,"version":1,"title":`+string(title)+"}\n"))
}
