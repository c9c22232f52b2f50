package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/maas-kinds/maas/conformance/assets"
)

// programsDir names the folder with the commands, for a process without a network.
const programsDir = "MAAS_TEST_PROGRAMS"

// Prepare does what may need a network, for tests that have none of their own to
// the outside: the control plane, kustomize, and commands, which Program finds. It
// does nothing where control planes are forbidden, since the tests skip.
func Prepare(ctx context.Context, commands ...string) error {
	if assets.Forbidden() {
		return nil
	}
	root, err := assets.FindRoot(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "programs-")
	if err != nil {
		return err
	}
	_, assetsErr := assets.Ensure(ctx, root, os.Stderr)
	_, kustomizeErr := Kustomize(ctx, root, "config/default")
	return errors.Join(assetsErr, kustomizeErr, BuildPrograms(ctx, root, dir, commands...), os.Setenv(programsDir, dir))
}

// Program is a command that Prepare has built, in this process or the one that has
// started it. A result with it is kept only as long as its sources: see Sources.
func Program(t testing.TB, name string) string {
	t.Helper()
	Sources(t)
	return filepath.Join(os.Getenv(programsDir), name)
}
