package main

import (
	"os"
	"testing"
)

// long reports whether the long suites are asked for: the whole of what a plain run
// tries in part.
func long() bool { return os.Getenv("IMJOY_LONG") != "" }

// needsLong leaves a test to the long suites. The plain run stays under five minutes;
// .ci/run sees to it that each test it leaves out passes in the long ones.
func needsLong(t *testing.T) {
	t.Helper()
	if !long() {
		t.Skip("IMJOY_LONG is not set: with 1 the long suites run it")
	}
}
