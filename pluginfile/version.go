package pluginfile

import (
	"cmp"
	"strings"
)

// CompareVersions compares two version numbers as ImJoy does: part by part between
// the dots, each by the integer it begins with, 0 when it begins with none or is
// missing. So 0.1.19 is greater than 0.1.8, and 1.0-beta equals 1. The result is
// -1, 0 or 1.
func CompareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := compareParts(leadingInteger(x), leadingInteger(y)); c != 0 {
			return c
		}
	}
	return 0
}

// part is an integer of any length: its sign and its digits without leading zeros.
type part struct {
	negative bool
	digits   string
}

// leadingInteger reads a part as JavaScript's parseInt does, and 0 for nothing.
func leadingInteger(text string) part {
	if text != "" && (text[0] < '0' || text[0] > '9') {
		text = text[skipSpace([]byte(text), 0):]
	}
	negative := strings.HasPrefix(text, "-")
	if negative || strings.HasPrefix(text, "+") {
		text = text[1:]
	}
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	digits := strings.TrimLeft(text[:end], "0")
	return part{negative && digits != "", digits}
}

func compareParts(a, b part) int {
	if a.negative != b.negative {
		return map[bool]int{true: -1, false: 1}[a.negative]
	}
	c := cmp.Or(cmp.Compare(len(a.digits), len(b.digits)), cmp.Compare(a.digits, b.digits))
	if a.negative {
		return -c
	}
	return c
}
