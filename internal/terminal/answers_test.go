package terminal

import "testing"

func TestParseAnswer(t *testing.T) {
	for word, want := range map[string]Answer{
		"id=x": {"", "id", "x"}, "id=": {"", "id", ""}, "id=a=b.c": {"", "id", "a=b.c"},
		"Import table.sep=;": {"Import table", "sep", ";"}, "v1.2.x=1": {"v1.2", "x", "1"},
	} {
		if got, err := ParseAnswer(word); err != nil || got != want {
			t.Errorf("%q: %+v %v", word, got, err)
		}
	}
	for _, word := range []string{"", "=x", "id", "a.=x"} {
		if got, err := ParseAnswer(word); err == nil {
			t.Errorf("%q: %+v", word, got)
		}
	}
}

func TestAnswersAreTaken(t *testing.T) {
	list := []Answer{{"", "n", "1"}, {"", "n", "2"}, {"Crop", "n", "3"}, {"Plug", "m", "4"}, {"Plug: Crop", "k", "5"}, {"", "unused", "6"}}
	a := answers{list: list, used: make([]bool, len(list))}
	for i, test := range []struct{ title, id, want string }{
		{"Plug: Crop", "n", "3"}, {"Plug: Crop", "n", "3"}, {"Plug: Other", "n", "1"}, {"Plug", "n", "2"}, {"Else", "n", "2"},
		{"Plug", "m", "4"}, {"Plug: X", "m", "4"}, {"Else", "m", ""}, {"Plug: Crop", "k", "5"}, {"Plug", "k", ""}, {"Plug", "none", ""},
	} {
		if got, ok := a.take(test.title, test.id); got != test.want || ok != (test.want != "") {
			t.Errorf("%d: %q.%q is %q %v, want %q", i, test.title, test.id, got, ok, test.want)
		}
	}
	if left := a.unused(); len(left) != 1 || left[0].ID != "unused" {
		t.Errorf("left: %+v", left)
	}
}
