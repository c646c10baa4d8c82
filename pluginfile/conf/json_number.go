package conf

import (
	"fmt"
	"math"
	"strconv"
)

// number makes the node of a number whose text was just read.
func (r *reader) number(start int) *Node {
	n := r.node(Number, start, r.at)
	n.Text = r.src[start:r.at]
	r.checkRange(n.Text, start, r.at)
	return n
}

// checkRange reports a number that a double cannot hold: JavaScript reads
// something else than written.
func (t *text) checkRange(number string, start, end int) {
	if len(number) < 16 && !hasExponent(number) {
		return
	}
	value, err := strconv.ParseFloat(number, 64)
	switch {
	case math.IsInf(value, 0):
		t.report(ruleRange, start, end, "this number is too large: it is read as infinity", "numbers go up to 1.8e308; write text for more")
	case err != nil:
		return
	case isInteger(number) && strconv.FormatFloat(value, 'f', -1, 64) != number:
		d := t.report(ruleRange, start, end, fmt.Sprintf("this number has too many digits: it is read as %s", strconv.FormatFloat(value, 'f', -1, 64)), "write it as text, in quotes")
		d.Severity = rulePrecision
	}
}

func hasExponent(number string) bool {
	for i := range len(number) {
		if number[i] == 'e' || number[i] == 'E' {
			return true
		}
	}
	return false
}

func isInteger(number string) bool {
	for i := range len(number) {
		if !isDigit(number[i]) && number[i] != '-' {
			return false
		}
	}
	return true
}
