package api

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/engine/kind"
)

// API is the listing API: what cmd/maas-api runs.
type API struct {
	options Options
	handler *handler
	catalog *catalog.Catalog
}

const resolveTimeout = 5 * time.Second

// New puts an API together. The error holds everything that is wrong with the
// options. Nothing runs before Run or Serve, which also clean up.
func New(ctx context.Context, o Options) (*API, error) {
	roots, err := readRoots(o.BackendCAFile)
	if err := errors.Join(o.Check(), err); err != nil {
		return nil, err
	}
	policy, err := access.NewPolicy(o.TrustedHosts, o.AllowHTTP, o.AllowCIDRs)
	if err != nil {
		return nil, err
	}
	if o.HTTPSOnly {
		policy = policy.HTTPSOnly()
	}
	resolving, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	apiServer, err := access.ResolveAPIServer(resolving, net.DefaultResolver, o.Cluster.Host, o.ServiceHost)
	if err != nil {
		return nil, err
	}
	checker, err := access.NewChecker(ctx, access.Config{
		Limits: o.Limits, Policy: policy, APIServer: apiServer, Roots: roots, Log: o.Log, Registry: o.Registry, Clock: o.Clock,
	})
	if err != nil {
		return nil, err
	}
	models, err := catalog.New(catalog.Config{
		Cluster: o.Cluster, Namespaces: o.Namespaces, Log: o.Log, Clock: o.Clock,
		Settled:    o.KindsSettled,
		Renderer:   &catalog.Renderer{Kinds: o.Kinds, Policy: policy},
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
	return &API{options: o, handler: h, catalog: models}, nil
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
