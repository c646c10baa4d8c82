package repository

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
)

var errNoPlugin = errors.New("it has no file that ends in " + address.PluginSuffix)

// gistFile is the plugin of a gist.
type gistFile struct{ url, commit string }

// readGist takes the first plugin file of an answer of GitHub's API, by name.
func readGist(text []byte) (gistFile, error) {
	var answer struct {
		Files map[string]struct {
			URL string `json:"raw_url"`
		} `json:"files"`
		History []struct {
			Version string `json:"version"`
		} `json:"history"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return gistFile{}, err
	}
	var names []string
	for name := range answer.Files {
		if isPluginFile(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return gistFile{}, errNoPlugin
	}
	file := gistFile{url: answer.Files[slices.Min(names)].URL}
	if len(answer.History) > 0 && commitID().MatchString(answer.History[0].Version) {
		file.commit = answer.History[0].Version
	}
	return file, nil
}
