package authors_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/maas-kinds/maas/conformance/assets"
	"github.com/maas-kinds/maas/conformance/install"
)

// programsDir is the folder with maasctl, once TestMain has built it.
var programsDir string

func TestMain(m *testing.M) {
	if f := os.Getenv(faultVariable); f != "" {
		os.Exit(flawed(fault(f), os.Args[1:]))
	}
	flag.Parse()
	if testing.Short() {
		fmt.Fprintln(os.Stderr, "skipped in the short form: maasctl is built, and reads files as long as it takes them")
		os.Exit(0)
	}
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	root, err := assets.FindRoot(".")
	if err != nil {
		return 0, err
	}
	if programsDir, err = os.MkdirTemp("", "authors-"); err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(programsDir) }()
	if err := install.BuildPrograms(context.Background(), root, programsDir, "maasctl"); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
