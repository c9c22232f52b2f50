package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/registry/modelkind"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/maas-kinds/maas/api"
	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine"
)

// loopback is where the demo backends are; a real installation refuses it.
func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// system is the controller and the API on one control plane.
type system struct {
	plane     *plane
	kinds     *registry.Sources
	resources *modelkind.Resources
	// scheme-aware and uncached, for the demo.
	client client.WithWatch
	// logs of the two go here.
	controllerLog, apiLog io.Writer
}

func (s system) startController(ctx context.Context, group *errgroup.Group) error {
	manager, err := ctrl.NewManager(s.plane.config, ctrl.Options{
		Scheme: s.client.Scheme(), Logger: logr.FromSlogHandler(slog.NewTextHandler(s.controllerLog, nil)),
		Metrics: metricsserver.Options{BindAddress: "0"},
	})
	if err != nil {
		return fmt.Errorf("setting up the controller: %w", err)
	}
	err = engine.Setup(manager, engine.Options{
		Kinds: s.kinds.Kinds(), ModelKinds: s.resources, Rules: endpoint.Rules{AllowCIDRs: loopback()}, Registerer: prometheus.NewRegistry(),
		IDNamespace: metav1.NamespaceDefault,
	})
	if err != nil {
		return err
	}
	group.Go(func() error {
		if err := manager.Start(ctx); err != nil {
			return fmt.Errorf("the controller has stopped: %w", err)
		}
		return nil
	})
	return nil
}

func (s system) startAPI(ctx context.Context, group *errgroup.Group, listener net.Listener) error {
	o := api.DefaultOptions()
	o.MetricsListen = "0"
	o.TrustedHosts, o.AllowHTTP, o.AllowCIDRs = []string{"127.0.0.1"}, true, loopback()
	o.ShutdownDelay = 0
	o.Cluster, o.Kinds, o.Clock = s.plane.config, s.kinds.Kinds(), clock.RealClock{}
	o.KindsSettled = s.resources.Settled()
	o.Log = slog.New(slog.NewTextHandler(s.apiLog, nil))
	o.Registry = prometheus.NewRegistry()
	a, err := api.New(ctx, o)
	if err != nil {
		return fmt.Errorf("setting up the API: %w", err)
	}
	group.Go(func() error {
		if err := a.Serve(ctx, listener, nil); err != nil && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("the API has stopped: %w", err)
		}
		return nil
	})
	return nil
}
