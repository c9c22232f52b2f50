// Command maas-local runs the whole system on one machine: a control plane,
// the controller, the API, and demo backends that check bearer tokens.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/assets"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

const usage = `maas-local runs MaaS on this machine, until Ctrl-C.

It starts a real kube-apiserver and etcd (built from source on the first run,
which takes some minutes), installs the CRDs, starts the controller and the
API, starts three OpenAI-compatible demo backends, applies MaaSModels for them
and walks the backends to Ready. Then it prints how to look around.

Usage:

	maas-local [flags]

Flags:
`

type options struct {
	dataDir string
	listen  string
	crdDir  string
	root    string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return cli.Run("maas-local", stderr,
		func() (options, error) { return parse(args, stdout) },
		func(o options) error {
			if err := runLocal(ctx, o, stdout); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		})
}

func parse(args []string, stdout io.Writer) (options, error) {
	root, rootErr := assets.FindRoot(".")
	o := options{root: root}
	flags := cli.NewFlags("maas-local")
	flags.StringVar(&o.dataDir, "data-dir", filepath.Join(root, ".run"), "`folder` of etcd's data, the kubeconfig and the logs; a later run goes on with it")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`address` of the listing API")
	flags.StringVar(&o.crdDir, "crd-dir", defaultCRDDir(root), "`folder` with the backends' own CRDs; without one, CRDs are made from the kind-specs")
	if err := cmp.Or(cli.Parse(flags, args, usage, stdout), rootErr); err != nil {
		return options{}, err
	}
	if o.crdDir == "" {
		return o, nil
	}
	if _, err := os.Stat(o.crdDir); err != nil {
		return options{}, fmt.Errorf("--crd-dir or CRD_DIR: %w", err)
	}
	return o, nil
}
