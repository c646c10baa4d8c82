package schema

import "time"

// What checking may cost at most, whatever the schema and the data.
const (
	// MaxViolations is how many violations are told of one value.
	MaxViolations = 1000

	// MaxDiagnostics is how many faults are told of one schema.
	MaxDiagnostics = 100

	// MaxPatternTime bounds one match of a pattern that needs backtracking.
	// MaxPatternInput is the longest text such a pattern is tried on, in characters.
	MaxPatternTime  = 100 * time.Millisecond
	MaxPatternInput = 10_000

	// MaxSteps is how many schemas may be applied in one validation of a schema that
	// has references: they can multiply without end.
	MaxSteps = 200_000

	// MaxDataDepth is how deep data may be nested.
	MaxDataDepth = 500
)
