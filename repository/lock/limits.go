package lock

// MaxBytes is the largest lock file, in bytes.
const MaxBytes = 16 << 20

// maxPlugins is how many plugins a lock may list.
const maxPlugins = 10_000
