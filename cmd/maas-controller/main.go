// Command maas-controller keeps the status of MaaSModels true.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/reflector"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	cli.RouteKlog()
	if err := cli.PingAPIServer(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(cli.Failure)
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return cli.Run("maas-controller", stderr,
		func() (*settings, error) { return parse(args, podNamespace(), stdout) },
		func(s *settings) error { return control(ctx, s, stderr) })
}

func control(ctx context.Context, s *settings, stderr io.Writer) error {
	log := s.logs.Start(stderr)
	kinds, kindsErr := cli.Kinds(ctx, s.kindsDirs, s.parameters, log, metrics.Registry)
	config, configErr := cli.Cluster(s.kubeconfig, "maas-controller")
	if err := errors.Join(kindsErr, configErr); err != nil {
		return err
	}
	cli.Impatient(config)
	mgr, err := newManager(s, config, logr.FromSlogHandler(log.Handler()))
	if err != nil {
		return err
	}
	resources, resourcesErr := cli.ModelKinds(config, kinds, log)
	inside, insideErr := s.inside.Follow(config, log, metrics.Registry)
	if err := errors.Join(resourcesErr, insideErr); err != nil {
		return err
	}
	err = errors.Join(
		mgr.Add(everywhere(kinds.Run)),
		mgr.Add(everywhere(inside.Run)),
		mgr.Add(everywhere(resources.Run)),
		engine.Setup(mgr, engine.Options{
			Kinds: kinds.Kinds(), Rules: endpoint.Rules{AllowCIDRs: s.allowCIDRs}, Registerer: metrics.Registry,
			CrossNamespace: s.crossNamespace, ModelKinds: resources, IDNamespace: s.stateNamespace,
			Inside: inside.Live(), InsideSettled: inside.Settled(), Trust: &s.trust,
		}),
	)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "starting", "cluster", config.Host, "kinds", kinds.Kinds().Set().Names(), "leaderElection", s.leaderElect)
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	return nil
}

// everywhere is a runnable of every replica, whether it leads or not: one that
// comes to lead has its kinds in force already.
type everywhere manager.RunnableFunc

// Start is part of manager.Runnable.
func (f everywhere) Start(ctx context.Context) error { return f(ctx) }

// NeedLeaderElection is part of manager.LeaderElectionRunnable.
func (everywhere) NeedLeaderElection() bool { return false }

// newInformers make those of the manager's cache, which has the MaaSModels.
func newInformers(log *slog.Logger) *reflector.Informers {
	return &reflector.Informers{
		Clock: clock.RealClock{}, Log: log,
		Failed: func(ctx context.Context, err error) {
			log.WarnContext(ctx, "cannot watch MaaSModels, trying again; their statuses stay as they are", "error", err)
		},
		Restored: func(ctx context.Context) { log.InfoContext(ctx, "watching MaaSModels again") },
	}
}

func newManager(s *settings, config *rest.Config, logger logr.Logger) (manager.Manager, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, fmt.Errorf("building the scheme: %w", err)
	}
	cached := engine.CacheOptions()
	cached.NewInformer = newInformers(slog.New(logr.ToSlogHandler(logger))).New
	mgr, err := manager.New(config, manager.Options{
		Scheme: scheme, Logger: logger,
		Cache:                   cached,
		Metrics:                 metricsserver.Options{BindAddress: s.metricsAddress},
		HealthProbeBindAddress:  s.healthAddress,
		PprofBindAddress:        s.pprofAddress,
		LeaderElection:          s.leaderElect,
		LeaderElectionNamespace: s.leaderElectionNamespace,
		LeaderElectionID:        s.leaderElectionID,
		LeaseDuration:           &s.lease.duration,
		RenewDeadline:           &s.lease.deadline,
		RetryPeriod:             &s.lease.retry,
		// The process ends with the manager, so the next leader need not wait.
		LeaderElectionReleaseOnCancel: true,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up: %w", err)
	}
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("adding the health check: %w", err)
	}
	return mgr, nil
}
