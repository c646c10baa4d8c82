//go:build linux && !(amd64 || arm64)

package confine

import "errors"

func filterCalls(bool) error {
	return errors.New("there is no filter for this processor")
}
