// Command maas-api serves GET /v1/models: the models that the caller can reach.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api"
	"github.com/maas-kinds/maas/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	cli.RouteKlog()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it. It gives the exit
// code: 0 after ctx has ended, 1 for a failure, 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	settings, err := parse(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return cli.OK
	case err != nil:
		fmt.Fprintf(stderr, "maas-api: %v\n\nRun maas-api --help to see all flags.\n", err)
		return cli.Usage
	}
	if err := serve(ctx, settings, stderr); err != nil {
		fmt.Fprintf(stderr, "maas-api: %v\n", err)
		return cli.Failure
	}
	return cli.OK
}

func serve(ctx context.Context, s *settings, stderr io.Writer) error {
	o := s.options
	o.Log = s.logs.Start(stderr)
	set, kindsErr := cli.Kinds(s.kindsDirs)
	cluster, clusterErr := cli.Cluster(s.kubeconfig, "maas-api")
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
