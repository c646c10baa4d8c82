package repository

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// askedFor installs, agrees, and returns the permissions that were asked for by plugin.
func (w *world) askedFor(text string) map[string][]string {
	w.Helper()
	asked := map[string][]string{}
	_, err := w.install(text, Options{Consent: func(_ context.Context, q Question) error {
		for _, part := range q.Parts {
			words := []string{}
			for _, want := range part.Sheet.Wants {
				words = append(words, want.Permission.String())
			}
			asked[part.Plugin.Name] = words
		}
		return nil
	}})
	if err != nil {
		w.Fatal(err)
	}
	return asked
}

// TestConsentIsAskedForWhatIsNew: what somebody agreed to is not asked again, be it the same
// text, a higher version or a lower one; what cannot be read any more was agreed to by nobody.
func TestConsentIsAskedForWhatIsNew(t *testing.T) {
	w := newWorld(t)
	write := func(version string, permissions string) {
		w.file("x.imjoy.html", plugin("X", `"permissions": [`+permissions+`]`)+"<!-- "+version+" -->\n")
	}
	numbered := func(number, permissions string) {
		text := plugin("X", `"permissions": [`+permissions+`]`)
		w.file("x.imjoy.html", strings.Replace(text, `"version": "1.0.0"`, `"version": "`+number+`"`, 1))
	}
	for _, step := range []struct {
		what string
		do   func()
		want map[string][]string
	}{
		{"new", func() { write("1", `"camera"`) }, map[string][]string{"X": {"camera"}}},
		{"the same text", func() {}, map[string][]string{}},
		{"another text", func() { write("2", `"camera"`) }, map[string][]string{}},
		{"more", func() { write("3", `"camera", "microphone"`) }, map[string][]string{"X": {"microphone"}}},
		{"less", func() { write("4", `"camera"`) }, map[string][]string{}},
		{"more again", func() { write("5", `"camera", "microphone"`) }, map[string][]string{"X": {"microphone"}}},
		{"a lower version", func() { numbered("0.1.0", `"camera", "midi"`) }, map[string][]string{"X": {"midi"}}},
	} {
		step.do()
		if diff := cmp.Diff(step.want, w.askedFor("./x.imjoy.html")); diff != "" {
			t.Errorf("%s: %s", step.what, diff)
		}
	}
	record, err := w.store.Record("X")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.store.BlobFile(record.SHA256), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	write("6", `"camera", "midi"`)
	if diff := cmp.Diff(map[string][]string{"X": {"camera", "midi"}}, w.askedFor("./x.imjoy.html")); diff != "" {
		t.Errorf("after a version that cannot be read: %s", diff)
	}
}
