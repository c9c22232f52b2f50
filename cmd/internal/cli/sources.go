package cli

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/registry/modelkind"
	"github.com/maas-kinds/maas/kinds"
)

// BuiltIn is the name of the source of the kinds that a binary brings.
const BuiltIn = "built-in"

// Kinds supplies the built-in kinds, those of the directories, and those that
// are resources of a cluster, where a later one overrides an earlier one, with the
// parameters that a file sets. The
// error holds everything that keeps the command from starting.
func Kinds(ctx context.Context, dirs []string, parameters string, log *slog.Logger, registerer prometheus.Registerer) (*registry.Sources, error) {
	return registry.NewSources(ctx, registry.Options{
		BuiltIn: []registry.Source{{Name: BuiltIn, FS: kinds.FS}}, Dirs: dirs, Origins: []string{modelkind.Origin}, Parameters: parameters,
		Clock: clock.RealClock{}, Log: log, Registerer: registerer,
	})
}

// ModelKinds follow the resources of a cluster that are kind-specs, for some sources
// with that origin.
func ModelKinds(cluster *rest.Config, sources *registry.Sources, log *slog.Logger) (*modelkind.Resources, error) {
	return modelkind.New(modelkind.Options{Cluster: cluster, Sources: sources, Clock: clock.RealClock{}, Log: log})
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
