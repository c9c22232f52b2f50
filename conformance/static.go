package conformance

import (
	"context"
	"errors"
	"io/fs"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// proveStatic holds the kind-spec against the pinned contract of its backend, and
// against what is known of it.
func proveStatic(_ context.Context, _ *Suite, f *cases.Folder) ([]check.Result, error) {
	checks, err := provePin(f)
	return append(checks, f.ProveSources()), err
}

func provePin(f *cases.Folder) ([]check.Result, error) {
	if f.Kind.NoReferent() != "" && len(f.Kind.Related()) == 0 {
		return []check.Result{check.Pass("no pin is needed: the kind reads no object")}, nil
	}
	content, err := folder.ReadPinFile(f.FS, folder.PinFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []check.Result{check.Skip("pin", "%s is missing: nothing says which fields the backend has; make it with maasctl pin", f.File(folder.PinFile))}, nil
	case err != nil:
		return []check.Result{check.Fail("pin", "%s: cannot be read: %s", f.File(folder.PinFile), err)}, nil
	}
	p, err := contract.ReadPin(f.File(folder.PinFile), content)
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		return []check.Result{check.Of("pin", faults.Error())}, nil
	case err != nil:
		return nil, err
	}
	return []check.Result{check.Pass("pin"), check.Of("types", contract.CheckPin(f.Kind, p).Error())}, nil
}
