package repository

import "testing"

func TestDirection(t *testing.T) {
	for _, test := range []struct {
		before, now string
		want        Status
	}{
		{"1.0.0", "1.0.1", Upgraded},
		{"1.9.0", "1.10.0", Upgraded},
		{"1.10.0", "1.9.0", Downgraded},
		{"0.2", "0.1.9", Downgraded},
		{"1.0.0", "1.0.0", Upgraded}, // another text without a new number
		{"", "1.0.0", Upgraded},
		{"1.0.0", "", Upgraded},
	} {
		if got := Direction(test.before, test.now); got != test.want {
			t.Errorf("from %q to %q: %s, not %s", test.before, test.now, got, test.want)
		}
	}
}
