// Command maas-api serves GET /v1/models: the models that the caller can reach.
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
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/utils/clock"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/api"
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

// run is the whole program but for the process around it. It gives the exit
// code: 0 after ctx has ended, 1 for a failure, 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	settings, err := parse(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "maas-api: %v\n\nRun maas-api --help to see all flags.\n", err)
		return exitUsage
	}
	if err := serve(ctx, settings, stderr); err != nil {
		fmt.Fprintf(stderr, "maas-api: %v\n", err)
		return exitFailure
	}
	return exitOK
}

func serve(ctx context.Context, s *settings, stderr io.Writer) error {
	o := s.options
	logs := slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: s.logLevel})
	o.Log = slog.New(logs)
	ctrllog.SetLogger(logr.FromSlogHandler(logs))

	set, kindsErr := loadKinds(s.kindsDirs)
	cluster, clusterErr := clusterConfig(s.kubeconfig)
	if err := errors.Join(kindsErr, clusterErr); err != nil {
		return err
	}
	o.Kinds = set.Lookup
	o.Cluster = cluster
	o.ServiceHost = os.Getenv("KUBERNETES_SERVICE_HOST")
	o.Clock = clock.RealClock{}
	o.Registry = prometheus.NewRegistry()
	o.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))

	server, err := api.New(ctx, o)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}

func loadKinds(dirs []string) (*kind.Set, error) {
	sources := []kind.Source{{FS: kinds.FS}}
	var errs []error
	for _, dir := range dirs {
		if _, err := os.ReadDir(dir); err != nil {
			errs = append(errs, fmt.Errorf("--kinds-dir: %w", err))
		}
		sources = append(sources, kind.Source{Name: dir, FS: os.DirFS(dir)})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	set, err := kind.Load(sources...)
	if err != nil {
		return nil, fmt.Errorf("the kind-specs are not usable:\n%w", err)
	}
	return set, nil
}

// clusterConfig finds the cluster as kubectl does, or from inside a Pod.
func clusterConfig(kubeconfig string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("finding the cluster (--kubeconfig, $KUBECONFIG, or inside a Pod its ServiceAccount): %w", err)
	}
	return rest.AddUserAgent(config, "maas-api"), nil
}
