package scale

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/install"
)

// session is what the rows have in common.
type session struct {
	Options
	dir       string
	manifests []*unstructured.Unstructured
}

// Run measures rows. What it has started is stopped when it returns; the error
// names each row that could not be measured.
func Run(ctx context.Context, o Options) (results []Result, err error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if runtime.GOOS != "linux" {
		return nil, errors.New("what a process has used is read from /proc here: run this on Linux")
	}
	dir, err := os.MkdirTemp("", "maas-scale-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &session{Options: o, dir: dir}
	if s.Controller == "" {
		s.say("building maas-controller")
		if err := install.BuildPrograms(ctx, o.Root, dir, account); err != nil {
			return nil, err
		}
		s.Controller = filepath.Join(dir, account)
	}
	s.say("building the manifests of config/default")
	if s.manifests, err = manifests(ctx, o.Root); err != nil {
		return nil, err
	}
	var errs []error
	for _, row := range o.Rows {
		s.say("%s:", row)
		result, err := s.measure(ctx, row)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", row, err))
		} else {
			results = append(results, result)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return results, errors.Join(errs...)
}

func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.Progress, format+"\n", args...)
}

// measurement is one row on its way.
type measurement struct {
	*session
	row      Row
	plane    *plane
	template *template
	result   Result
}

// measure measures one row in a control plane of its own.
func (s *session) measure(ctx context.Context, row Row) (result Result, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Within, fmt.Errorf("the row has taken %v: give it longer with --within, or ask for fewer models", s.Within))
	defer cancel()
	template, err := newTemplate(backends()[row.Kind])
	if err != nil {
		return result, err
	}
	p, err := s.startPlane(ctx, template.folder)
	if err != nil {
		return result, err
	}
	defer func() { _ = p.stop() }() // what it held is gone with it
	m := &measurement{session: s, row: row, plane: p, template: template, result: Result{Row: row}}
	for _, step := range []func(context.Context) error{m.prepare, m.rawBefore, m.first, m.rawAfter, m.restart} {
		if err := step(ctx); err != nil {
			return m.result, errors.Join(err, context.Cause(ctx))
		}
	}
	return m.result, nil
}

// prepare makes the backends.
func (m *measurement) prepare(ctx context.Context) error {
	if err := makeNamespaces(ctx, m.plane.admin); err != nil {
		return err
	}
	m.say("  making %d backends, and %d × 256 KB beside them", m.row.Models, m.row.Ballast)
	err := each(ctx, m.row.Models, writers, func(ctx context.Context, i int) error {
		return m.template.put(ctx, m.plane.admin, key(i), "")
	})
	if err != nil {
		return err
	}
	ballast := strings.Repeat("x", ballastSize)
	return each(ctx, m.row.Ballast, writers/2, func(ctx context.Context, i int) error {
		at := key(i)
		at.Namespace = foreign
		return m.template.put(ctx, m.plane.admin, at, ballast)
	})
}

// ballastSize leaves room for what else is in annotations, which have 256 KB together.
const ballastSize = 256<<10 - 1<<10

func (m *measurement) rawBefore(ctx context.Context) (err error) {
	m.result.RawBefore, err = m.rawRate(ctx)
	m.say("  raw rate: %.0f statuses a second", m.result.RawBefore)
	return err
}

func (m *measurement) rawAfter(ctx context.Context) (err error) {
	m.result.RawAfter, err = m.rawRate(ctx)
	m.say("  raw rate again: %.0f statuses a second", m.result.RawAfter)
	return err
}

// first has the controller see the models for the first time.
func (m *measurement) first(ctx context.Context) (err error) {
	c, ctx, err := m.start(ctx, m.plane)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	if _, _, err := c.settle(ctx, 0); err != nil {
		return err
	}
	r := &m.result
	if r.Idle, err = c.heapLive(ctx); err != nil {
		return err
	}
	before, err := c.cpu()
	if err != nil {
		return err
	}
	if r.Created, r.Ready, err = m.makeReady(ctx); err != nil {
		return err
	}
	m.say("  %d models are Ready after %v", m.row.Models, r.Ready.Round(time.Millisecond))
	w, _, err := c.settle(ctx, m.row.Models)
	if err != nil {
		return err
	}
	r.First.Reconciles = w.reconciles
	after, err := c.cpu()
	if err != nil {
		return err
	}
	r.CPUReady = after - before
	if r.Flips, err = m.flips(ctx, m.Flips); err != nil {
		return err
	}
	m.say("  %d flips: p50 %v, p99 %v", len(r.Flips), quantile(r.Flips, .5), quantile(r.Flips, .99))
	if _, _, err := c.settle(ctx, m.row.Models); err != nil {
		return err
	}
	r.First.Usage, err = c.usage(ctx)
	return err
}
