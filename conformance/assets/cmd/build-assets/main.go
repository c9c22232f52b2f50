// Command build-assets builds the kube-apiserver and etcd that the tests and
// maas-local start, and says where they are. Progress goes to stderr.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/maas-kinds/maas/conformance/assets"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "build-assets:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := assets.FindRoot(".")
	if err != nil {
		return err
	}
	dir, err := assets.Ensure(ctx, root, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Println("control plane: kube-apiserver and etcd are in", dir)
	return nil
}
