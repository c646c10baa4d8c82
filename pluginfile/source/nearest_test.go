package source

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	for _, test := range []struct {
		word       string
		candidates string
		want       string
	}{
		{"Windows-GPU", "CPU GPU Linux-CPU Window-GPU", "Window-GPU"},
		{"gpu", "CPU GPU", "GPU"},
		{"requirments", "env requirements tags", "requirements"},
		{"tpye", "name type", "type"},
		{"placholder", "id type placeholder", "placeholder"},
		{"x", "id type", ""},
		{"", "id type", ""},
		{"colour", "number choose color", "color"},
		{"checkbox", "number choose string color", ""},
		{"ab", "ac xy", "ac"},
		{strings.Repeat("a", 100), strings.Repeat("a", 100), ""},
	} {
		if got := Nearest(test.word, strings.Fields(test.candidates)); got != test.want {
			t.Errorf("%q among %s: got %q, want %q", test.word, test.candidates, got, test.want)
		}
	}
}
