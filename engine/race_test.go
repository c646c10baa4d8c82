//go:build race

package engine_test

// The race detector keeps several bytes of its own for each that a program uses, and
// they count against the memory of a worker.
func init() { raceDetector = true }
