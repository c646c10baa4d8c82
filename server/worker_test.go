package server

import (
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// A worker loads from the hosts that its plugin names or was granted, and from no other.
func TestWorkersLoadFromNamedHosts(t *testing.T) {
	doc, _ := pluginfile.Parse("a.imjoy.html", []byte(`<config lang="json">{"name": "A", "type": "web-worker"}</config>
<script lang="javascript">importScripts("https://cdn.example.org/lib.js")</script>`))
	plan, _ := tags.Resolve(doc, "")
	net, err := permission.Parse("net:data.example.org")
	if err != nil {
		t.Fatal(err)
	}
	f := &frame{plan: plan, granted: permission.NewSet(net)}
	for host, want := range map[string]bool{"cdn.example.org": true, "data.example.org": true, "example.org": false, "evil.example": false, "cdn.example": false} {
		if got := f.names(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}
