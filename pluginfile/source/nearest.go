package source

import (
	"strings"
	"unicode/utf8"
)

// maxNearest is the length in bytes above which a word is not compared: nobody
// mistypes a name that long, and the comparison is quadratic.
const maxNearest = 64

// Nearest returns the candidate that somebody who wrote word most likely meant,
// or "" when none is close: the question behind every "did you mean". Letter case
// counts nothing; among equals the first candidate wins.
func Nearest(word string, candidates []string) string {
	if len(word) > maxNearest {
		return ""
	}
	lower := []rune(strings.ToLower(word))
	allowed := max(1, (len(lower)+1)/3)
	best, closest := "", allowed+1
	for _, candidate := range candidates {
		if len(candidate) > maxNearest || abs(utf8.RuneCountInString(candidate)-len(lower)) >= closest {
			continue
		}
		// Nothing in common is not a slip of the pen, however short the word.
		if d := distance(lower, []rune(strings.ToLower(candidate))); d < closest && d < len(lower) {
			best, closest = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with a neighbour
// to turn one word into the other.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int { return max(n, -n) }
