package api

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/cluster"
	"github.com/maas-kinds/maas/engine/kind"
)

// API is the listing API: what cmd/maas-api runs.
type API struct {
	options Options
	handler *handler
	catalog *catalog.Catalog
	cluster *cluster.Follower
}

// New puts an API together. The error holds everything that is wrong with the
// options. Nothing runs before Run or Serve, which also clean up.
func New(ctx context.Context, o Options) (*API, error) {
	roots, err := readRoots(o.BackendCAFile)
	if err := errors.Join(o.Check(), err); err != nil {
		return nil, err
	}
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
		Limits: o.Limits, Policy: policy, Cluster: follower.Live(), Resolver: o.Resolver, Roots: roots, Log: o.Log, Registry: o.Registry, Clock: o.Clock,
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
	return &API{options: o, handler: h, catalog: models, cluster: follower}, nil
}

// Handler answers requests. It serves models while Run or Serve runs.
func (a *API) Handler() http.Handler { return a.handler }

// maxRootsSize in bytes: what browsers trust, all in one file, has a quarter of it.
const maxRootsSize = 1 << 20

func readRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	content, err := kind.Limit{What: "a file of certificates", Bytes: maxRootsSize}.ReadFile(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		return nil, fmt.Errorf("--backend-ca-file %s: %w", file, err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("--backend-ca-file: %s holds no certificate in PEM", file)
	}
	return roots, nil
}
