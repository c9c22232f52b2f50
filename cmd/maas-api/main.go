// Command maas-api serves GET /v1/models: the models that the caller can reach.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel"
	"golang.org/x/sync/errgroup"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api"
	"github.com/maas-kinds/maas/api/tracing"
	"github.com/maas-kinds/maas/cmd/internal/cli"
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

// run is the whole program but for the process around it. It gives the exit
// code: 0 after ctx has ended, 1 for a failure, 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return cli.Run("maas-api", stderr,
		func() (*settings, error) { return parse(args, stdout) },
		func(s *settings) error { return serve(ctx, s, stderr) })
}

func serve(ctx context.Context, s *settings, stderr io.Writer) error {
	o := s.options
	o.Log = s.logs.Start(stderr)
	o.Registry = prometheus.NewRegistry()
	o.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	kinds, kindsErr := cli.Kinds(ctx, s.kindsDirs, s.parameters, o.Log, o.Registry)
	cluster, clusterErr := cli.Cluster(s.kubeconfig, "maas-api")
	if err := errors.Join(kindsErr, clusterErr); err != nil {
		return err
	}
	cli.Impatient(cluster)
	resources, err := cli.ModelKinds(cluster, kinds, o.Log)
	if err != nil {
		return err
	}
	o.Kinds, o.KindsSettled = kinds.Kinds(), resources.Settled()
	o.Cluster = cluster
	o.ServiceHost = cli.ServiceHost()
	o.Clock = clock.RealClock{}
	if o.Tracing, err = tracing.FromEnvironment(ctx, "maas-api", o.Clock); err != nil {
		return err
	}
	if o.Tracing != nil {
		otel.SetLogger(logr.FromSlogHandler(o.Log.Handler()))
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { o.Log.Warn("traces are not sent", "error", err) }))
	}

	server, err := api.New(ctx, o)
	if err != nil {
		return err
	}
	// Kinds are followed until the last request is answered.
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	group := errgroup.Group{}
	group.Go(func() error { return kinds.Run(following) })
	group.Go(func() error { return resources.Run(following) })
	group.Go(func() error {
		defer stop()
		return server.Run(ctx)
	})
	return group.Wait()
}
