package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/pyodide"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// CacheItem is something that was fetched, or was there already.
type CacheItem struct {
	Address string `json:"address"`
	SHA256  string `json:"sha256"`
	Size    int    `json:"size"`
}

// CacheAdd keeps what plugins load by address: URLs, and packages of npm. Of Pyodide the
// parts that a page loads are compared with the hashes that this program knows.
func (a *App) CacheAdd(ctx context.Context, addresses, allowNet []string) (list []CacheItem, err error) {
	lib, err := a.library(AssetOptions{AllowNet: allowNet})
	if err != nil {
		return nil, err
	}
	defer lib.done()
	l := lib.loader(&tags.Plan{Name: "cache", Needs: &requirement.Declaration{}}, nil)
	for _, address := range addresses {
		if address == "npm:pyodide" || address == pyodide.Package {
			for _, name := range slices.Sorted(maps.Keys(pyodide.Files)) {
				if _, err := loadPyodide(ctx, l, name); err != nil {
					return list, err
				}
			}
			address = pyodide.Package + "/pyodide.mjs"
		}
		kind := asset.Data
		if !strings.HasPrefix(address, "npm:") {
			kind = kindOf(address)
		}
		got, err := l.Load(ctx, asset.Request{Specifier: address, Kind: kind})
		if err != nil {
			return list, err
		}
		list = append(list, CacheItem{got.Address, got.SHA256, len(got.Text)})
	}
	return list, nil
}
