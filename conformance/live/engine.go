package live

import (
	"context"
	"fmt"
	"testing/fstest"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// controller is a running engine.
type controller struct {
	cancel context.CancelFunc
	done   chan error
}

// run starts an engine as a user. It sees the models of the given namespaces
// and no others: those of a cluster's own users are none of its business.
func (c *Cluster) run(ctx context.Context, user string, kinds *kind.Set, rules endpoint.Rules, namespaces []string) (*controller, error) {
	config := rest.CopyConfig(c.options.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user}
	grace := time.Minute
	options := manager.Options{
		Scheme: c.client.Scheme(), Logger: logr.Discard(), GracefulShutdownTimeout: &grace,
		Metrics: metricsserver.Options{BindAddress: "0"}, HealthProbeBindAddress: "0",
		Cache: engine.CacheOptions(),
	}
	options.Cache.DefaultNamespaces = map[string]cache.Config{}
	for _, namespace := range namespaces {
		options.Cache.DefaultNamespaces[namespace] = cache.Config{}
	}
	mgr, err := manager.New(config, options)
	if err != nil {
		return nil, fmt.Errorf("making a manager: %w", err)
	}
	err = engine.Setup(mgr, engine.Options{Kinds: kind.NewLive(kinds), Rules: rules, Registerer: prometheus.NewRegistry()})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	running := &controller{cancel: cancel, done: make(chan error, 1)}
	go func() { running.done <- mgr.Start(ctx) }()
	return running, nil
}

// stop returns when nothing of the engine runs any more.
func (r *controller) stop() error {
	r.cancel()
	if err := <-r.done; err != nil {
		return fmt.Errorf("the engine ended with: %w", err)
	}
	return nil
}

// alone compiles the kind for an engine that knows no other, but for what it hands
// objects on to.
func alone(f *cases.Folder, more ...registry.Source) (*kind.Set, error) {
	sources := []registry.Source{{Name: "built-in", FS: kinds.FS, Background: true}, {Name: f.File(""), FS: f.FS}}
	set, err := registry.Load(append(sources, more...)...)
	if err != nil {
		return nil, fmt.Errorf("compiling the kind-spec again: %w", err)
	}
	return set.With(kind.ParametersOf(f.Kind.Name(), f.Parameters)), nil
}

// inline is a source of one kind-spec.
func inline(spec string) registry.Source {
	return registry.Source{FS: fstest.MapFS{"kind.yaml": &fstest.MapFile{Data: []byte(spec)}}}
}
