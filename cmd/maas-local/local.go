package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/assets"
)

// runLocal starts everything, prints the guide and waits for ctx. Whatever it
// has started is stopped when it returns.
func runLocal(ctx context.Context, o options, say io.Writer) (err error) {
	// At once, because a control plane that is starting has to finish before it
	// can be stopped, and Ctrl-C would look ignored until then.
	stopping := sync.OnceFunc(func() { fmt.Fprintln(say, "\nstopping, which takes some seconds") })
	defer context.AfterFunc(ctx, stopping)()
	unlock, err := lockDir(o.dataDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	// Before the control plane, so that a port in use is said at once.
	listener, err := listen(ctx, o.listen)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // The API's server closes it as well.

	logs, err := openLogs(o.dataDir, "controller", "api")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, logs["controller"].Close(), logs["api"].Close()) }()
	// What controller-runtime logs outside a manager: the terminal is for the guide.
	log := slog.New(slog.NewTextHandler(logs["controller"], nil))
	ctrllog.SetLogger(logr.FromSlogHandler(log.Handler()))
	supplied, err := cli.Kinds(ctx, nil, "", log, nil)
	if err != nil {
		return err
	}

	fmt.Fprintln(say, "[1/5] control plane: kube-apiserver and etcd")
	dir, err := assets.Ensure(ctx, o.root, say)
	if err != nil {
		return err
	}
	plane, err := startPlane(dir, o.dataDir)
	if err != nil {
		return err
	}
	defer func() {
		stopping()
		err = errors.Join(err, plane.stop())
	}()
	fmt.Fprintln(say, "[2/5] CRDs")
	if err := installDefinitions(ctx, plane.config, supplied.Kinds().Set(), o.root, o.crdDir, say); err != nil {
		return err
	}
	c, clientErr := newClient(plane)
	resources, err := cli.ModelKinds(plane.config, supplied, log)
	if err := errors.Join(clientErr, err); err != nil {
		return err
	}
	s := system{plane: plane, kinds: supplied, resources: resources, client: c, controllerLog: logs["controller"], apiLog: logs["api"]}
	return s.run(ctx, o, listener, say)
}

// run runs the controller, the API and the demo until ctx is done or one of
// them fails.
func (s system) run(ctx context.Context, o options, listener net.Listener, say io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	if err := s.start(ctx, group, o, listener, say); err != nil {
		cancel()
		return errors.Join(err, group.Wait())
	}
	return group.Wait()
}

func (s system) start(ctx context.Context, group *errgroup.Group, o options, listener net.Listener, say io.Writer) error {
	fmt.Fprintln(say, "[3/5] controller and API")
	group.Go(func() error { return s.resources.Run(ctx) })
	if err := s.startController(ctx, group); err != nil {
		return err
	}
	if err := s.startAPI(ctx, group, listener); err != nil {
		return err
	}
	fmt.Fprintln(say, "[4/5] demo backends")
	urls := map[string]string{}
	for _, b := range demoBackends() {
		url, wait, err := b.serve(ctx)
		if err != nil {
			return err
		}
		urls[b.model] = url
		group.Go(wait)
		fmt.Fprintf(say, "      %-8s %s%s\n", b.model, url, b.base)
	}
	fmt.Fprintln(say, "[5/5] demo")
	if err := demo(ctx, s.client, urls, say); err != nil {
		return fmt.Errorf("running the demo: %w", err)
	}
	if err := showLists(ctx, listener.Addr().String(), say); err != nil {
		return fmt.Errorf("running the demo: %w", err)
	}
	return guide(say, listener.Addr().String(), s.plane.kubeconfig, o.dataDir)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the API cannot listen on %s, choose another address with --listen: %w", address, err)
	}
	return listener, nil
}

func newClient(plane *plane) (client.WithWatch, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	c, err := client.NewWithWatch(plane.config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, fmt.Errorf("connecting to the control plane: %w", err)
	}
	return c, nil
}
