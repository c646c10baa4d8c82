//go:build !linux

package confine

// noSandbox is what every report of such a system says.
const noSandbox = "files and the network are not fenced off: a child can do what the user who started it can"

// unfenced says what a system without fences gives.
func unfenced(f *Fence) (e Enforced) {
	if f != nil {
		e.Notes = []string{noSandbox}
	}
	return e
}
