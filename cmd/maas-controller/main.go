// Command maas-controller keeps the status of MaaSModels true.
package main

import (
	"context"
	"errors"
	"flag"
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
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2" //nolint:depguard // client-go logs through it, and is told here to use slog
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/kinds"
)

const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args, podNamespace(), stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "maas-controller: %v\nRun 'maas-controller --help' for usage.\n", err)
		return exitUsage
	}
	if err := control(ctx, s, stderr); err != nil {
		fmt.Fprintf(stderr, "maas-controller: %v\n", err)
		return exitFailure
	}
	return exitOK
}

func control(ctx context.Context, s *settings, stderr io.Writer) error {
	handler := s.logHandler(stderr)
	logger := logr.FromSlogHandler(handler)
	ctrllog.SetLogger(logger)
	klog.SetLogger(logger)

	set, kindsErr := loadKinds(s.kindsDirs)
	config, configErr := clusterConfig(s.kubeconfig)
	if err := errors.Join(kindsErr, configErr); err != nil {
		return err
	}
	mgr, err := newManager(s, config, logger)
	if err != nil {
		return err
	}
	err = engine.Setup(mgr, engine.Options{
		Kinds: set, Rules: kind.EndpointRules{AllowCIDRs: s.allowCIDRs}, Registerer: metrics.Registry,
	})
	if err != nil {
		return err
	}
	slog.New(handler).InfoContext(ctx, "starting", "cluster", config.Host, "kinds", set.Names(), "leaderElection", s.leaderElect)
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	return nil
}

func newManager(s *settings, config *rest.Config, logger logr.Logger) (manager.Manager, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, fmt.Errorf("building the scheme: %w", err)
	}
	mgr, err := manager.New(config, manager.Options{
		Scheme: scheme, Logger: logger,
		Cache:                   cache.Options{DefaultTransform: cache.TransformStripManagedFields()},
		Metrics:                 metricsserver.Options{BindAddress: s.metricsAddress},
		HealthProbeBindAddress:  s.healthAddress,
		LeaderElection:          s.leaderElect,
		LeaderElectionNamespace: s.leaderElectionNamespace,
		LeaderElectionID:        s.leaderElectionID,
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

func (s *settings) logHandler(to io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: s.logLevel}
	if s.logFormat == "text" {
		return slog.NewTextHandler(to, options)
	}
	return slog.NewJSONHandler(to, options)
}

// loadKinds adds the kinds of the directories to the built-in ones. The error
// holds everything that is wrong in any of them.
func loadKinds(dirs []string) (*kind.Set, error) {
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
		errs = append(errs, fmt.Errorf("kind-specs with faults, nothing was started:\n%w", err))
	}
	return set, errors.Join(errs...)
}

// clusterConfig finds the cluster as kubectl does, or from inside a Pod.
func clusterConfig(kubeconfig string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("finding the cluster (--kubeconfig, $KUBECONFIG, or inside a Pod its service account): %w", err)
	}
	// The API server's priority and fairness limits clients better than they do.
	config.QPS = -1
	return rest.AddUserAgent(config, "maas-controller"), nil
}
