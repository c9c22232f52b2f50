package conformance

import (
	"context"
	"errors"
	"io/fs"

	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// proveStatic holds the kind-spec against the pinned contract of its backend, and
// against what is known of it.
func proveStatic(_ context.Context, _ *Suite, f *Folder) ([]Check, error) {
	checks, err := provePin(f)
	return append(checks, f.proveSources()), err
}

func provePin(f *Folder) ([]Check, error) {
	if f.Kind.NoReferent() != "" && len(f.Kind.Related()) == 0 {
		return []Check{pass("no pin is needed: the kind reads no object")}, nil
	}
	content, err := folder.ReadPinFile(f.FS, pinFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Check{skip("pin", "%s is missing: nothing says which fields the backend has; make it with maasctl pin", f.File(pinFile))}, nil
	case err != nil:
		return []Check{fail("pin", "%s: cannot be read: %s", f.File(pinFile), err)}, nil
	}
	p, err := contract.ReadPin(f.File(pinFile), content)
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		return []Check{verdictOf("pin", faults)}, nil
	case err != nil:
		return nil, err
	}
	return []Check{pass("pin"), verdictOf("types", contract.CheckPin(f.Kind, p))}, nil
}
