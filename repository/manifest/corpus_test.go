package manifest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// found counts what is known to be wrong with the public manifests.
type found struct{ Plugins, Drift, Missing, Unlisted, Config int }

var known = map[string]found{
	"imjoy-team/imjoy-plugins":                 {36, 10, 0, 1, 0},
	"imjoy-team/example-plugins":               {14, 4, 0, 0, 0},
	"imjoy-team/imjoy-project-template":        {1, 0, 1, 1, 0},
	"imjoy-team/imjoy-core-plugins":            {1, 1, 0, 1, 0},
	"CellProfiling/cellpro-imjoy-plugins":      {3, 2, 0, 6, 0},
	"cns-iu/annotation-web-tool-imjoy-plugins": {1, 0, 0, 0, 0},
	"constantinpape/affogato":                  {1, 0, 1, 2, 1},
	"oeway/rna-loc":                            {3, 0, 0, 0, 0},
	"oeway/Anet-Lite":                          {1, 1, 0, 0, 0},
}

func TestPublicManifests(t *testing.T) {
	root := corpus.Dir(t)
	for name, want := range known {
		t.Run(name, func(t *testing.T) {
			m, docs, files, diagnostics := open(t, filepath.Join(root, name))
			var got found
			got.Plugins = len(m.Plugins)
			for _, d := range append(diagnostics, Check(m, docs, files)...) {
				switch d.Code {
				case ruleDrift.Code:
					got.Drift++
				case ruleMissingFile.Code:
					got.Missing++
				case ruleUnlisted.Code:
					got.Unlisted++
				case ruleConfig.Code:
					got.Config++
				default:
					t.Logf("%s: %s", d.Code, d.Message)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuildingAPublicManifestAgainSettlesIt(t *testing.T) {
	root := corpus.Dir(t)
	for name, had := range known {
		t.Run(name, func(t *testing.T) {
			previous, docs, files, _ := open(t, filepath.Join(root, name))
			text, _ := Build("", "", docs, previous)
			if had == (found{Plugins: had.Plugins}) {
				if diff := cmp.Diff(string(previous.Source.Text), string(text)); diff != "" {
					t.Errorf("nothing had to change: %s", diff)
				}
			}
			m, diagnostics := Parse(address.ManifestName, text)
			for _, d := range append(diagnostics, Check(m, docs, files)...) {
				if d.Severity == source.Error && d.Code != ruleDuplicate.Code {
					t.Errorf("%s: %s", d.Code, d.Message)
				}
			}
			again, _ := Build("", "", docs, m)
			if diff := cmp.Diff(string(text), string(again)); diff != "" {
				t.Errorf("building again changes: %s", diff)
			}
		})
	}
}

func open(t *testing.T, dir string) (*Manifest, []BuildInput, []string, []source.Diagnostic) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, address.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	m, diagnostics := Parse(address.ManifestName, text)
	var docs []BuildInput
	var files []string
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		files = append(files, relative)
		if !strings.HasSuffix(relative, address.PluginSuffix) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, _ := pluginfile.Parse(relative, text)
		docs = append(docs, BuildInput{Path: relative, Document: doc})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, docs, files, diagnostics
}
