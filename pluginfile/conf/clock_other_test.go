//go:build !linux

package conf

import "time"

// spent is the time that a function takes, as the wall clock has it.
func spent(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}
