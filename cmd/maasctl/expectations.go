package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// writeExpectations completes the cases on disk that do not say yet what has to
// follow.
func writeExpectations(ctx context.Context, suite *conformance.Suite, folders []*cases.Folder, out io.Writer) error {
	written := 0
	for _, folder := range folders {
		for _, result := range folder.Schema {
			if result.Outcome == check.Failed {
				return fmt.Errorf("nothing is written while there are faults:\n%s", result.Message)
			}
		}
		n, err := completeCases(ctx, suite, folder, out)
		if err != nil {
			return err
		}
		written += n
	}
	if written == 0 {
		fmt.Fprintln(out, "every case has its expect already")
	}
	return nil
}

// completeCases says how many cases of a folder it has written.
func completeCases(ctx context.Context, suite *conformance.Suite, of *cases.Folder, out io.Writer) (written int, err error) {
	file := of.File(folder.CasesFile)
	content, err := cases.Limit().ReadFile(treeOf(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		return 0, err
	}
	completed, filled, err := suite.Complete(ctx, of, content)
	if err != nil || len(filled) == 0 {
		return 0, err
	}
	if err := writeFile(file, completed, 0o600); err != nil {
		return 0, err
	}
	for _, c := range filled {
		fmt.Fprintf(out, "%s: case %s: written, check that it is right\n", file, c.Name)
	}
	return len(filled), nil
}
