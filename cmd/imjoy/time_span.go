package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// timeSpan is a flag that takes a time with its unit, days among them: 90s, 10m, 12h, 30d.
// 0 needs none.
type timeSpan time.Duration

const day = 24 * time.Hour

func (t *timeSpan) String() string {
	if d := time.Duration(*t); d > 0 && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	text := time.Duration(*t).String() // 1m0s
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// Type is the word help shows for the value.
func (t *timeSpan) Type() string { return "TIME" }

func (t *timeSpan) Set(text string) error {
	number, isDays := strings.CutSuffix(strings.TrimSpace(text), "d")
	unit := time.Duration(1)
	if isDays {
		number, unit = number+"h", 24
	}
	d, err := time.ParseDuration(number)
	if err != nil || d < 0 || d > time.Duration(1<<63-1)/unit {
		return errors.New("must be a time with its unit, such as 90s, 10m, 12h or 30d")
	}
	*t = timeSpan(d * unit)
	return nil
}
