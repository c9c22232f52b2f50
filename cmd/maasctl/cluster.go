package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/assets"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/live"
)

// proveOnCluster adds L4 and L5 to the levels. The cluster is left as it was.
func (o *testOptions) proveOnCluster(ctx context.Context, suite *conformance.Suite, folders []*cases.Folder, progress io.Writer) (_ []conformance.Proof, err error) {
	root, err := assets.FindRoot(".")
	if err != nil {
		return nil, fmt.Errorf("--cluster needs config/ and the pins of the control plane: %w", err)
	}
	crds, err := publishedCRDs(root)
	if err != nil {
		return nil, err
	}
	config, stop, err := o.controlPlane(ctx, root, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	cluster, err := live.Open(ctx, live.Options{Config: config, Root: root, CRDs: crds, Alone: o.kubeconfig == ""})
	if err != nil {
		return nil, err
	}
	// Also after an interrupt.
	defer func() { err = errors.Join(err, cluster.Close(context.WithoutCancel(ctx))) }()
	levels := append(conformance.Levels(), cluster.Levels()...)
	var proofs []conformance.Proof
	for i, folder := range folders {
		fmt.Fprintf(progress, "proving %s (%d of %d)\n", folder.Name, i+1, len(folders))
		proof, err := suite.Prove(ctx, folder, levels)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, proof)
	}
	return proofs, nil
}

// controlPlane is the cluster of the kubeconfig, or one that is started for this.
func (o *testOptions) controlPlane(ctx context.Context, root string, progress io.Writer) (*rest.Config, func() error, error) {
	if o.kubeconfig == "" {
		return live.StartPlane(ctx, root, progress)
	}
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return nil, nil, fmt.Errorf("reading --kubeconfig: %w", err)
	}
	return config, func() error { return nil }, nil
}

// publishedCRDs are the backends' own, where they are at hand.
func publishedCRDs(root string) ([]*apiextensionsv1.CustomResourceDefinition, error) {
	dir := os.Getenv("CRD_DIR")
	if dir == "" {
		dir = filepath.Join(root, "..", "shared", "crds")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return crd.Read(files...)
}
