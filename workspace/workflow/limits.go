package workflow

// What a workflow may hold at most.
const (
	// MaxBytes is the size of a file above which nobody should read it.
	MaxBytes = 1 << 20
	// MaxSteps is how many steps a workflow may have.
	MaxSteps = 500
	// limitCode is the code of what is said of texts that are larger than package conf
	// reads.
	limitCode = "config-limit"
	// maxID is the length of an id.
	maxID = 64
	// maxWritten is how much of a value [Write] puts into a file, in bytes of JSON.
	maxWritten = 64 << 10
	// maxKey is the length of the keys that it writes: YAML reads no longer ones.
	maxKey = 150
	// maxCompared is how deep two schemas are compared.
	maxCompared = 8
)
