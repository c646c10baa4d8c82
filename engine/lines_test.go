package engine

import (
	"testing"
	"time"
)

// So many lines pass in a second and no more; how many did not is told once, with the
// first line of a later one.
func TestLinesOfASecond(t *testing.T) {
	var l lineLimit
	start := time.Now()
	for _, second := range []struct {
		lines, passed, dropped int // dropped: what is told of the one before
	}{{12_000, 10_000, 0}, {10_000, 10_000, 2_000}, {10_001, 10_000, 0}, {1, 1, 1}} {
		passed, told := 0, 0
		for i := range second.lines {
			dropped, ok := l.take(start.Add(time.Duration(i) * time.Microsecond))
			if ok {
				passed++
			}
			if told += dropped; dropped > 0 && i > 0 {
				t.Errorf("told with line %d", i)
			}
		}
		if passed != second.passed || told != second.dropped {
			t.Errorf("%+v: %d passed, %d told", second, passed, told)
		}
		start = start.Add(time.Second)
	}
}
