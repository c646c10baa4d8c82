package main

import (
	"testing"
	"time"
)

func TestTimesHaveUnits(t *testing.T) {
	for text, want := range map[string]struct {
		is    time.Duration
		shown string
	}{
		"90s": {90 * time.Second, "1m30s"}, "1m": {time.Minute, "1m"}, "10m": {10 * time.Minute, "10m"},
		"12h": {12 * time.Hour, "12h"}, "1h30m": {90 * time.Minute, "1h30m"}, "30d": {30 * day, "30d"},
		"1.5d": {36 * time.Hour, "36h"}, "0": {0, "0s"}, "250ms": {250 * time.Millisecond, "250ms"},
	} {
		var got timeSpan
		if err := got.Set(text); err != nil || time.Duration(got) != want.is || got.String() != want.shown {
			t.Errorf("%s: %v, shown as %s, %v", text, time.Duration(got), got.String(), err)
		}
	}
	for _, text := range []string{"", "5", "x", "-1s", "-3d", "d", "1000000000d", "3dd", "1d2h"} {
		var got timeSpan
		if err := got.Set(text); err == nil {
			t.Errorf("%q is a time: %v", text, time.Duration(got))
		}
	}
}
