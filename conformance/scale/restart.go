package scale

import (
	"context"
	"errors"
	"time"
)

// restart has another process find everything as it has to be.
func (m *measurement) restart(ctx context.Context) (err error) {
	before, err := m.revisions(ctx)
	if err != nil {
		return err
	}
	c, ctx, err := m.start(ctx, m.plane)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	w, decided, err := c.settle(ctx, m.row.Models)
	if err != nil {
		return err
	}
	r := &m.result
	r.ReadyAgain, r.DecidedAgain, r.Again.Reconciles = c.readyAfter, decided.Sub(c.started), w.reconciles
	if r.Again.Usage, err = c.usage(ctx); err != nil {
		return err
	}
	after, err := m.revisions(ctx)
	r.WrittenAgain = changed(before, after)
	m.say("  restarted: ready after %v, all decided on after %v, %d statuses written",
		r.ReadyAgain.Round(time.Millisecond), r.DecidedAgain.Round(time.Millisecond), r.WrittenAgain)
	return err
}

// revisions are the resourceVersions of all models.
func (m *measurement) revisions(ctx context.Context) (map[string]string, error) {
	list, err := models(ctx, m.plane.admin)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, model := range list.Items {
		all[model.Namespace+"/"+model.Name] = model.ResourceVersion
	}
	return all, nil
}

// changed counts the models that were written, made or deleted in between.
func changed(before, after map[string]string) int {
	count := 0
	for name, revision := range after {
		if before[name] != revision {
			count++
		}
	}
	for name := range before {
		if _, still := after[name]; !still {
			count++
		}
	}
	return count
}
