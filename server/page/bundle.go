// Package page holds the sources of the page in the browser, and [Build], which packs
// them: `go generate ./server` writes what it returns to server/built.
//
// The page is plain JavaScript with preact, from server/vendored. socket.js, peer.js and
// values.js speak with the host; plugin.js holds a plugin's frame, frame.js runs inside
// it; worker.js and worker-frame.js do so for plugins in a worker,
// which js-worker.js or python-worker.js is. app.js and the files it imports are what
// people see.
package page

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Build packs the page; dir is the folder of package server. It answers files by name.
func Build(dir string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for name, entry := range map[string]string{"app.js": "page/app.js", "frame.js": "page/frame.js", "worker-frame.js": "page/worker-frame.js",
		"js-worker.js":     "page/js-worker.js",
		"python-worker.js": "page/python-worker.js", "app.css": "page/app.css"} {
		result := api.Build(api.BuildOptions{
			EntryPoints: []string{filepath.Join(dir, entry)}, Bundle: true, Write: false, Outfile: filepath.Join(dir, name),
			MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, Format: api.FormatIIFE, Target: api.ES2022,
			LegalComments: api.LegalCommentsNone, Charset: api.CharsetUTF8, Plugins: []api.Plugin{withoutEval},
		})
		if len(result.Errors) > 0 {
			return nil, errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
		}
		out[name+".gz"] = pack(result.OutputFiles[0].Contents)
	}
	for name, from := range map[string]string{"imjoy-rpc.js.gz": "vendored/imjoy-rpc.js", "index.html": "page/index.html", "window.html": "page/window.html", "icon.svg": "page/icon.svg"} {
		text, err := os.ReadFile(filepath.Join(dir, from))
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".gz") {
			text = pack(text)
		}
		out[name] = text
	}
	return out, nil
}

// withoutEval lets the host's half of imjoy-rpc run where nothing may be evaluated: it
// looks up the names of typed arrays with eval.
var withoutEval = api.Plugin{Name: "without-eval", Setup: func(b api.PluginBuild) {
	b.OnLoad(api.OnLoadOptions{Filter: `imjoy-rpc[/\\]utils\.js$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		text, err := os.ReadFile(a.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		const old = "eval(arrType)"
		if strings.Count(string(text), old) != 1 {
			return api.OnLoadResult{}, errors.New("imjoy-rpc has changed: it does not evaluate the names of arrays")
		}
		changed := strings.Replace(string(text), old, "globalThis[arrType]", 1)
		return api.OnLoadResult{Contents: &changed, Loader: api.LoaderJS}, nil
	})
}}

// pack compresses, the same bytes for the same text.
func pack(text []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	_, _ = w.Write(text)                                    // to memory
	_ = w.Close()
	return out.Bytes()
}
