package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/live"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// Result is a row that was measured.
type Result struct {
	Name, Work string
	Counts
	// Probes and CPU are what the API's process has spent on the row; zero where that
	// is not known, or says nothing of probes.
	Probes uint64
	CPU    time.Duration
}

// settleWithin is how long an API may take to list all models of a row to a first
// caller.
const settleWithin = 2 * time.Minute

// session is what the rows have in common.
type session struct {
	Options
	dir, kubeconfig string
	inventory       inventory
}

// Run measures rows. What it has started is stopped when it returns; the error
// names each row that could not be measured.
func Run(ctx context.Context, o Options) (results []Result, err error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "maas-load-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &session{Options: o, dir: dir, kubeconfig: filepath.Join(dir, "kubeconfig")}
	if o.Cluster == nil {
		stop, err := s.startPlane(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { _ = stop() }() // what it held is gone with it
	}
	if o.API == "" {
		s.say("building maas-api")
		if err := install.BuildPrograms(ctx, o.Root, dir, "maas-api"); err != nil {
			return nil, err
		}
		s.API = filepath.Join(dir, "maas-api")
	}
	base, stop, err := startBackends(ctx, o.Backends)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := s.openInventory(ctx, base); err != nil {
		return nil, err
	}
	results, err = s.measureAll(ctx)
	return results, errors.Join(err, s.inventory.clear(context.WithoutCancel(ctx)))
}

func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.Progress, format+"\n", args...)
}

// startPlane starts a control plane that knows MaaSModels.
func (s *session) startPlane(ctx context.Context) (stop func() error, err error) {
	s.Cluster, stop, err = live.StartPlane(ctx, s.Root, s.Progress)
	if err != nil {
		return nil, err
	}
	crds, err := crd.Read(filepath.Join(s.Root, "config", "crd"))
	if err == nil {
		err = crd.Install(ctx, s.Cluster, crds...)
	}
	if err == nil {
		err = crd.WaitCached(ctx, s.Cluster, crds...)
	}
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}

func (s *session) openInventory(ctx context.Context, backends string) error {
	if err := testenv.WriteKubeconfig(s.Cluster, s.kubeconfig); err != nil {
		return err
	}
	config := rest.CopyConfig(s.Cluster)
	config.QPS = -1 // the control plane is ours alone
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	c, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return fmt.Errorf("connecting to the control plane: %w", err)
	}
	s.inventory = inventory{client: c, backends: backends}
	return s.inventory.prepare(ctx)
}

func (s *session) measureAll(ctx context.Context) ([]Result, error) {
	var results []Result
	var errs []error
	for _, r := range rows(s.Divide, s.Lasts) {
		if len(s.Rows) > 0 && !slices.Contains(s.Rows, r.name) {
			continue
		}
		s.say("%s: %s", r.name, r.work)
		result, err := s.measure(ctx, r)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.name, err))
		}
		s.say("  in %v: %s", result.Elapsed.Round(time.Millisecond), result)
		results = append(results, result)
		if ctx.Err() != nil {
			break
		}
	}
	return results, errors.Join(errs...)
}

// measure gives what is known even where the row failed.
func (s *session) measure(ctx context.Context, r row) (result Result, err error) {
	result = Result{Name: r.name, Work: r.work}
	if err := s.inventory.provide(ctx, r.models); err != nil {
		return result, err
	}
	api, err := startAPI(ctx, s.API, s.dir, s.kubeconfig, s.APIFlags)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, api.stop()) }()
	ids := idsOf(r.models)
	c := &crowd{address: api.address, name: fmt.Sprintf("%s-%d", r.name, time.Now().UnixNano()), judge: newJudge(ids)}
	if err := settle(ctx, c); err != nil {
		return result, err
	}
	if r.part > 0 {
		c.query, c.judge = middle(ids, r.part)
	}
	before, err := s.spent(ctx, api, r)
	if err != nil {
		return result, err
	}
	rowCtx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	started := time.Now()
	r.run(rowCtx, c)
	result.Counts = c.counter.counts(time.Since(started))
	after, usageErr := s.spent(ctx, api, r)
	result.Probes, result.CPU = after.probes-before.probes, after.cpu-before.cpu
	return result, errors.Join(ctx.Err(), usageErr)
}

// middle asks for so many models in the middle of a list.
func middle(ids []string, limit int) (query string, judge *judge) {
	slices.Sort(ids)
	last := len(ids) / 2
	return fmt.Sprintf("?limit=%d&after=%s", limit, ids[last]), newJudge(ids[last+1 : min(last+1+limit, len(ids))])
}

// spent is what the API has spent so far, where that says something.
func (*session) spent(ctx context.Context, api *subject, r row) (usage, error) {
	if !r.cold {
		return usage{}, nil
	}
	return api.usage(ctx)
}

// settle waits until the settler has a complete list: the API has read the models,
// is connected to their backends, and knows that they let this caller in.
func settle(ctx context.Context, c *crowd) error {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	connection := &connection{address: c.address}
	defer connection.close()
	for {
		r, err := connection.list(ctx, settler)
		what := c.judge.of(r, err)
		if what == complete {
			return nil
		}
		found, _ := c.judge.count(r.body)
		last := fmt.Errorf("the API does not list these %d models to a first caller: status %d, %d of them", len(c.judge.want), r.status, found)
		sleepUntil(ctx, time.Now().Add(100*time.Millisecond))
		if ctx.Err() != nil {
			return errors.Join(last, ctx.Err())
		}
	}
}
