package api

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/cluster"
)

// API is the listing API: what cmd/maas-api runs.
type API struct {
	options Options
	handler *handler
	catalog *catalog.Catalog
	cluster *cluster.Follower
	roots   *roots
	// close ends what runs in the background. It may be called again.
	close func()
}

// New puts an API together. The error holds everything that is wrong with the
// options. Nothing runs before Run or Serve, which also clean up.
func New(ctx context.Context, o Options) (*API, error) {
	roots, err := newRoots(o)
	if err := errors.Join(o.Check(), err); err != nil {
		return nil, err
	}
	o.Limits.ByPeer = o.TrustedProxies != nil
	policy, err := o.policy()
	if err != nil {
		return nil, err
	}
	follower, err := cluster.New(cluster.Options{
		Cluster: o.Cluster, ServiceHost: o.ServiceHost, Domain: o.ClusterDomain, Networks: o.ClusterCIDRs, Resolver: o.Resolver,
		Registerer: o.Registry, Clock: o.Clock, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	checker, err := access.NewChecker(ctx, access.Config{
		Limits: o.Limits, Policy: policy, Cluster: follower.Live(), Resolver: o.Resolver, Roots: roots.pool, Log: o.Log, Registry: o.Registry, Clock: o.Clock,
		Kinds: o.Kinds, ForwardTraceContext: o.ForwardTraceContext,
	})
	if err != nil {
		return nil, err
	}
	models, err := catalog.New(catalog.Config{
		Cluster: o.Cluster, Namespaces: o.Namespaces, Log: o.Log, Clock: o.Clock,
		Settled:    []<-chan struct{}{o.KindsSettled, follower.Settled()},
		Renderer:   &catalog.Renderer{Kinds: o.Kinds, Policy: policy, Most: o.MaxNamespaceBytes, Log: o.Log},
		OnSnapshot: func(s *catalog.Snapshot) { checker.SetEndpoints(len(s.Entries())) },
	})
	if err != nil {
		checker.Close()
		return nil, err
	}
	h, err := newHandler(o, models, checker)
	if err != nil {
		checker.Close()
		return nil, err
	}
	if o.BackendCAFile != "" {
		o.Registry.MustRegister(roots.good)
	}
	return &API{options: o, handler: h, catalog: models, cluster: follower, roots: roots, close: sync.OnceFunc(func() {
		checker.Close()
		h.pages.close()
	})}, nil
}

// Handler answers requests. It serves models while Run or Serve runs.
func (a *API) Handler() http.Handler { return a.handler }
