package app

import "fmt"

// counted says how many there are of a noun that takes an s: "1 package", "2 packages".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
