// Package ndarray holds numeric arrays as they cross between plugins: a dtype, a
// shape, and bytes in C order, little endian. It reads and writes .npy files and
// images, and computes a one-pass summary of a whole array.
//
// Start with [New] or [Of]; [Array.At] and [Array.Set] touch single elements, and
// [View] looks at the same bytes as a Go slice. The package knows nothing of
// plugins or documents, and opens no files: readers and writers are passed in.
package ndarray
