package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"reflect"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/endpoint"
)

// Options are what a Follower is made of.
type Options struct {
	// Cluster to follow. Its host is one of the API server's addresses.
	Cluster *rest.Config
	// ServiceHost is the API server's address inside the cluster, the value of
	// KUBERNETES_SERVICE_HOST; empty outside.
	ServiceHost string
	// Domain of the cluster's DNS; empty means endpoint.DefaultClusterDomain.
	Domain string
	// Networks of the cluster's Services and Pods. Where they are given, none
	// are looked for.
	Networks []netip.Prefix
	// Resolver finds the API server's addresses; nil means the system's.
	Resolver *net.Resolver
	// Registerer holds the metric during Run; nil for none.
	Registerer prometheus.Registerer
	Clock      clock.Clock
	Log        *slog.Logger
}

// Follower keeps an endpoint.LiveCluster true.
type Follower struct {
	options Options
	live    endpoint.LiveCluster
	hosts   []*host
	sources []*source
	changed chan struct{}
	settled chan struct{}

	// mu guards what hosts and sources last told.
	mu sync.Mutex
}

// New makes a Follower. It asks nobody anything before Run.
func New(o Options) (*Follower, error) {
	f := &Follower{options: o, changed: make(chan struct{}, 1), settled: make(chan struct{})}
	if f.options.Resolver == nil {
		f.options.Resolver = net.DefaultResolver
	}
	var hostsErr error
	f.hosts, hostsErr = hostsOf(o)
	if err := errors.Join(hostsErr, f.newSources()); err != nil {
		return nil, fmt.Errorf("preparing to follow the cluster: %w", err)
	}
	return f, nil
}

// Live is the cluster as it is known. It is empty until the API server's own
// host was resolved.
func (f *Follower) Live() *endpoint.LiveCluster { return &f.live }

// Settled is closed when everybody has answered once, if only to refuse, and
// what they said is stored.
func (f *Follower) Settled() <-chan struct{} { return f.settled }

// Run follows the cluster until ctx ends. Whatever fails in the cluster is
// logged and tried again: the error says that the program itself is broken.
func (f *Follower) Run(ctx context.Context) error {
	if registerer := f.options.Registerer; registerer != nil {
		gauge := &gauge{cluster: &f.live}
		if err := registerer.Register(gauge); err != nil {
			return fmt.Errorf("registering the metric of the cluster's networks: %w", err)
		}
		defer registerer.Unregister(gauge)
	}
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, s := range f.sources {
		if err := f.listen(s); err != nil {
			return err
		}
		running.Go(func() { s.informer.RunWithContext(ctx) })
		running.Go(func() {
			select {
			case <-s.informer.HasSyncedChecker().Done():
				f.answered(s)
			case <-ctx.Done():
			}
		})
	}
	running.Go(func() { f.resolve(ctx) })
	f.follow(ctx)
	return nil
}

// follow stores what is known whenever something of it has changed.
func (f *Follower) follow(ctx context.Context) {
	settled := false
	for {
		// Asked first and stored then, so that all the answers are in what is stored.
		all := f.allAnswered()
		f.store(ctx)
		if all && !settled {
			close(f.settled)
			settled = true
		}
		select {
		case <-ctx.Done():
			return
		case <-f.changed:
		}
	}
}

func (f *Follower) wake() {
	select {
	case f.changed <- struct{}{}:
	default: // a change is already waiting, and is stored with this one
	}
}

func (f *Follower) allAnswered() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range f.hosts {
		if !h.answered {
			return false
		}
	}
	for _, s := range f.sources {
		if !s.answered {
			return false
		}
	}
	return true
}

// store puts together what is known, and stores it where it is news.
func (f *Follower) store(ctx context.Context) {
	known := &endpoint.Cluster{Domain: f.options.Domain, Services: f.options.Networks, Pods: f.options.Networks}
	f.mu.Lock()
	for _, h := range f.hosts {
		if !h.resolved {
			f.mu.Unlock()
			return
		}
		known.APIServer = append(known.APIServer, h.addresses...)
	}
	f.mu.Unlock()
	for _, s := range f.sources {
		if !s.informer.HasSynced() {
			continue
		}
		for _, object := range s.informer.GetStore().List() {
			said := s.read(object)
			known.Services = append(known.Services, said.Services...)
			known.Pods = append(known.Pods, said.Pods...)
			known.APIServer = append(known.APIServer, said.APIServer...)
		}
	}
	known.Services, known.Pods, known.APIServer = aggregate(known.Services), aggregate(known.Pods), distinct(known.APIServer)
	old := f.live.Load()
	if reflect.DeepEqual(old, known) {
		return
	}
	f.live.Store(known)
	if old == nil {
		old = &endpoint.Cluster{}
	}
	f.options.Log.InfoContext(ctx, "what is inside the cluster has changed",
		"services", difference(old.Services, known.Services), "pods", difference(old.Pods, known.Pods),
		"apiServer", difference(old.APIServer, known.APIServer))
}
