package main

import (
	"context"
	"flag"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// contractFlags say where the contracts of backends are read.
type contractFlags struct {
	crds       []string
	kubeconfig string
}

func (f *contractFlags) register(flags *flag.FlagSet) {
	flags.Func("crd", "`PATH` of a file with CRDs, or of a folder with such files; may be repeated", cli.Each(&f.crds))
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` of a cluster to read what no --crd has; without it no cluster is asked")
}

// contracts finds the contracts of types: in files, among what is built into
// Kubernetes, or in a cluster.
type contracts struct {
	files   []contract.Contract
	cluster *contract.Cluster
}

func (f *contractFlags) open() (*contracts, error) {
	files, err := contract.Files(f.crds...)
	if err != nil {
		return nil, fmt.Errorf("--crd: %w", err)
	}
	c := &contracts{files: files}
	if f.kubeconfig != "" {
		config, err := clientcmd.BuildConfigFromFlags("", f.kubeconfig)
		if err != nil {
			return nil, fmt.Errorf("--kubeconfig: %w", err)
		}
		if c.cluster, err = contract.NewCluster(config); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// of has the contracts of what a kind reads, as far as they are known.
func (c *contracts) of(ctx context.Context, k *kind.Kind) ([]contract.Contract, error) {
	var found []contract.Contract
	for _, groupKind := range typesOf(k) {
		one, ok, err := c.find(ctx, groupKind)
		switch {
		case err != nil:
			return nil, fmt.Errorf("finding what %s is: %w", groupKind, err)
		case ok:
			found = append(found, one)
		}
	}
	return found, nil
}

func (c *contracts) find(ctx context.Context, groupKind schema.GroupKind) (contract.Contract, bool, error) {
	for _, one := range c.files {
		if one.GroupKind() == groupKind {
			return one, true, nil
		}
	}
	one, ok, err := contract.BuiltIn(groupKind)
	if !ok && err == nil && c.cluster != nil {
		one, ok, err = c.cluster.Find(ctx, groupKind)
	}
	if ok || err != nil {
		return one, ok, err
	}
	return pinned(groupKind)
}

// pinned is what the built-in kind for a type has pinned of it: as much as that one reads,
// and so what is read through it.
func pinned(groupKind schema.GroupKind) (contract.Contract, bool, error) {
	set, err := loadBuiltIn()
	if err != nil {
		return contract.Contract{}, false, err
	}
	for _, k := range set.Kinds() {
		if !k.Refers(groupKind) {
			continue
		}
		pin, err := readBuiltInPin(k)
		if pin == nil || err != nil {
			return contract.Contract{}, false, err
		}
		one, ok := pin.Contract(groupKind)
		return one, ok, nil
	}
	return contract.Contract{}, false, nil
}
