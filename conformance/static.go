package conformance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

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
	if err != nil {
		return nil, err
	}
	undecided, err := proveDecided(f)
	return append(checks, f.ProveSources(), undecided), err
}

// proveDecided finds what stands in the files of the kind as maasctl new has written it for
// somebody to decide: a draft that nobody has finished would else pass for a kind.
func proveDecided(f *cases.Folder) (check.Result, error) {
	var faults []string
	for _, name := range []string{folder.SpecFile, folder.CasesFile, folder.SourcesFile} {
		content, err := fs.ReadFile(f.FS, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return check.Result{}, fmt.Errorf("reading %s: %w", f.File(name), err)
		}
		n := 0
		for line := range strings.Lines(string(content)) {
			if n++; folder.Undecided(line) {
				faults = append(faults, fmt.Sprintf("%s:%d: %s", f.File(name), n, strings.TrimSpace(line)))
			}
		}
	}
	if len(faults) == 0 {
		return check.Pass("decided"), nil
	}
	return check.Fail("decided", "these lines stand as maasctl new has written them, for you to decide and to say in words of your own:\n%s", strings.Join(faults, "\n")), nil
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
