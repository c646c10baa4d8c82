package docsrender

import (
	"strings"
	"testing"
	"time"
)

func TestEarlierVersions(t *testing.T) {
	text := func(version, docs string) string {
		return pluginText(map[string]any{"name": "P", "type": "window", "version": version}, docs)
	}
	in := input("p.imjoy.html", text("0.3.0", "New."))
	in.Versions = []Version{
		{Commit: "0123456789abcdef", Time: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), Text: []byte(text("0.2.0", "New."))},
		{Text: []byte(text("", "<script>alert(1)</script>"))},
	}
	site := build(t, Options{}, in)
	body := string(site.Files["plugins/p.html"].Body)
	for _, want := range []string{
		`<a href="../source/p.1.html">0.2.0</a></th><td data-label="Date">2025-03-01</td><td data-label="Commit"><code>0123456</code></td><td data-label="Changed since">config</td>`,
		`<a href="../source/p.2.html">without a version</a></th><td data-label="Date"></td><td data-label="Commit"></td><td data-label="Changed since">config, docs</td>`,
		`<a href="#versions">Earlier versions</a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	old := string(site.Files["source/p.1.html"].Body)
	if !strings.Contains(old, "This is an earlier version: 0.2.0, 0123456, 2025-03-01.") || !strings.Contains(old, "0.2.0") || strings.Contains(old, "0.3.0") {
		t.Error("the source of the earlier version is not shown")
	}
	checkSite(t, site)
	for range MaxVersions {
		in.Versions = append(in.Versions, in.Versions[1])
	}
	if _, ok := build(t, Options{}, in).Files["source/p.21.html"]; ok {
		t.Error("more versions than the limit are shown")
	}
}
