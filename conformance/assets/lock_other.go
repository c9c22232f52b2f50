//go:build !unix

package assets

import (
	"errors"
	"os"
)

// tryLock fails: no control plane is built or started on systems like this one.
func tryLock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }
