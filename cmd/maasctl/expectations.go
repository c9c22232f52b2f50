package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/engine/kind"
)

// writeExpectations completes the cases on disk that have no expect.
func writeExpectations(ctx context.Context, suite *conformance.Suite, folders []*conformance.Folder, out io.Writer) error {
	written := 0
	for _, folder := range folders {
		for _, check := range folder.Schema {
			if check.Outcome == conformance.Failed {
				return fmt.Errorf("nothing is written while there are faults:\n%s", check.Message)
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
func completeCases(ctx context.Context, suite *conformance.Suite, folder *conformance.Folder, out io.Writer) (written int, err error) {
	for _, c := range folder.Cases {
		if c.Expect != nil {
			continue
		}
		content, err := kind.Limit{What: "a case", Bytes: maxObjectsSize}.ReadFile(treeOf(filepath.Dir(c.File)), filepath.Base(c.File))
		if err != nil {
			return written, err
		}
		completed, err := suite.Complete(ctx, folder, c, content)
		if err != nil {
			return written, err
		}
		if err := writeFile(c.File, completed, 0o600); err != nil {
			return written, err
		}
		fmt.Fprintf(out, "%s: written, check that it is right\n", c.File)
		written++
	}
	return written, nil
}
