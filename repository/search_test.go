package repository

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/fetch"
)

// TestSearchOffline: lists that were fetched once are searched without the network,
// names before labels before descriptions.
func TestSearchOffline(t *testing.T) {
	w := newWorld(t)
	entry := func(name, labels, description string) string {
		return fmt.Sprintf(`{"name": %q, "type": "window", "labels": [%s], "description": %q}`, name, labels, description)
	}
	w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": `{"plugins": [` +
		entry("Other", `"segmentation"`, "x") + "," + entry("Cell Segmentation", ``, "y") + "," + entry("Third", ``, "does segmentation of cells") + "," +
		entry("Segmentation", ``, "z") + "," + entry("Hidden", ``, "segmentation") + `]}`})
	cache := fetch.NewCache(t.TempDir(), w.Repository.c.Now)
	online, offline := w.with(fetch.Options{Cache: cache}), w.with(fetch.Options{Cache: cache, Offline: true})
	names := &Names{Repositories: []Known{{"lab", "lab/p"}, {"gone", "lab/gone"}}}
	online.c.Names, offline.c.Names = names, names
	search := func(r *Repository, words ...string) (list []string, left int) {
		found, _, unsearched, err := r.Search(t.Context(), words)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			list = append(list, f.Address)
		}
		return list, len(unsearched)
	}
	if list, left := search(offline, "segmentation"); list != nil || left != 2 {
		t.Errorf("before: %v, %d", list, left)
	}
	offline = w.with(fetch.Options{Cache: cache, Offline: true}) // what one learned holds for its lifetime
	offline.c.Names = names
	want := []string{"lab:Segmentation", "lab:Cell Segmentation", "lab:Other", "lab:Third", "lab:Hidden"}
	for _, r := range []*Repository{online, offline} {
		list, left := search(r, "segmentation")
		if diff := cmp.Diff(want, list); diff != "" || left != 1 {
			t.Errorf("%d left, %s", left, diff)
		}
	}
	if list, _ := search(offline, "cells", "SEGMENTATION"); !cmp.Equal(list, []string{"lab:Third"}) {
		t.Errorf("all words count: %v", list)
	}
	if _, suggestion, _, _ := offline.Search(t.Context(), []string{"Segmentatoin"}); suggestion != "Segmentation" {
		t.Errorf("suggested %q", suggestion)
	}
}
