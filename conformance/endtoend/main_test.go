package endtoend_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/maas-kinds/maas/conformance/assets"
	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// programsDir names the folder with the commands for the isolated process.
const programsDir = "MAAS_TEST_PROGRAMS"

var server testenv.Shared

func TestMain(m *testing.M) {
	os.Exit(isolate.Main(prepare, func() int { return server.Main(m) }))
}

// prepare does what may need the network, which the tests themselves have not.
func prepare() error {
	if assets.Forbidden() {
		return nil // the tests skip
	}
	ctx := context.Background()
	root, err := assets.FindRoot(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "programs-")
	if err != nil {
		return err
	}
	_, assetsErr := assets.Ensure(ctx, root, os.Stderr)
	_, kustomizeErr := install.Kustomize(ctx, root, "config/default")
	return errors.Join(assetsErr, kustomizeErr, install.BuildPrograms(ctx, root, dir, "maas-controller", "maas-api"), os.Setenv(programsDir, dir))
}
