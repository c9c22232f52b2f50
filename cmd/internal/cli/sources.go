package cli

import (
	"errors"
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/kinds"
)

// Kinds adds the kinds of the directories to the built-in ones. The error holds
// everything that is wrong in any of them.
func Kinds(dirs []string) (*kind.Set, error) {
	sources := []kind.Source{{Name: "built-in", FS: kinds.FS}}
	var errs []error
	for _, dir := range dirs {
		if _, err := os.ReadDir(dir); err != nil {
			errs = append(errs, fmt.Errorf("--kinds-dir: %w", err))
			continue
		}
		sources = append(sources, kind.Source{Name: dir, FS: os.DirFS(dir)})
	}
	set, err := kind.Load(sources...)
	if err != nil {
		errs = append(errs, fmt.Errorf("kind-specs with faults:\n%w", err))
	}
	return set, errors.Join(errs...)
}

// Cluster finds the cluster as kubectl does, or from inside a Pod.
func Cluster(kubeconfig, userAgent string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("finding the cluster (--kubeconfig, $KUBECONFIG, or inside a Pod its service account): %w", err)
	}
	// The API server's priority and fairness limits clients better than they do.
	config.QPS = -1
	return rest.AddUserAgent(config, userAgent), nil
}
