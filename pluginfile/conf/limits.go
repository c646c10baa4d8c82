package conf

// What a text may cost at most. Texts beyond a limit get a `config-limit`
// diagnostic and what could be read before it.
const (
	// MaxDepth is how deep lists and maps may be nested.
	MaxDepth = 64

	// MaxJSONBytes and MaxJSONNodes bound a JSON text: reading is linear, but each
	// value takes about a hundred bytes of memory.
	MaxJSONBytes = 16 << 20
	MaxJSONNodes = 200_000

	// MaxYAMLBytes and MaxYAMLNodes bound a YAML text, aliases expanded.
	MaxYAMLBytes = 1 << 20
	MaxYAMLNodes = 10_000

	// MaxAliases and MaxMerges bound how often a YAML text repeats itself.
	MaxAliases = 100
	MaxMerges  = 10

	// MaxDiagnostics is how many faults are told of one text.
	MaxDiagnostics = 100
)
