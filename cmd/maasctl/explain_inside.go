package main

import (
	"context"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// networksOf reads once what the controller follows of a cluster. What may not
// be read is not known.
func networksOf(ctx context.Context, config *rest.Config, inside cli.Inside) (*endpoint.Cluster, error) {
	follower, err := inside.Follow(config, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return nil, fmt.Errorf("reading the cluster's networks: %w", err)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	group, running := errgroup.WithContext(running)
	group.Go(func() error { return follower.Run(running) })
	select {
	case <-follower.Settled():
	case <-running.Done():
	}
	known := follower.Live().Load()
	stop()
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("reading the cluster's networks: %w", err)
	}
	if known == nil {
		known = &endpoint.Cluster{Domain: inside.Domain}
	}
	return known, ctx.Err()
}
