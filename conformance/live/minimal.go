package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
)

// roleMinimal takes each resource out of the role that was generated for the
// kind, and gives it back.
func (l *life) roleMinimal(ctx context.Context) error {
	if len(l.role) == 0 {
		l.skip(roleMinimal, "the kind needs no role of its own: it reads no object")
		return nil
	}
	if len(l.ready) == 0 {
		l.skip(roleMinimal, noReadyCase)
		return nil
	}
	if err := l.halt(); err != nil {
		return err
	}
	for _, rule := range l.role {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				if err := l.needs(ctx, group, resource); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (l *life) needs(ctx context.Context, group, resource string) error {
	full := resource
	if group != "" {
		full += "." + group
	}
	name := fmt.Sprintf("%s: %s is needed", roleMinimal, full)
	c, err := l.readerOf(ctx, group, resource)
	if err != nil {
		return err
	}
	if c == nil {
		l.note(name, "no ready case reads it: take it out of the role, or add a case in which it is read")
		return nil
	}
	user := "-without-" + full
	running, err := l.start(ctx, user, without(l.role, group, resource))
	if err != nil {
		return err
	}
	fault, err := l.refusedThenHeals(ctx, *c, l.user(user))
	if err := errors.Join(err, running.stop()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	l.note(name, fault)
	return nil
}

// readerOf finds a ready case for which objects of a resource are read.
func (l *life) readerOf(ctx context.Context, group, resource string) (*cases.Case, error) {
	at := slices.IndexFunc(l.types, func(d definition) bool { return d.Group == group && d.Plural == resource })
	if at < 0 {
		return nil, nil
	}
	for _, c := range l.ready {
		if c.Referent != nil && c.Referent.GroupVersionKind().GroupKind() == l.types[at].GroupKind {
			return &c, nil
		}
	}
	for _, c := range l.ready {
		p, err := l.put(ctx, c, nil)
		if err != nil {
			return nil, err
		}
		settled, err := l.evaluate(ctx, p, "")
		if err := errors.Join(err, l.clear(ctx, p)); err != nil {
			return nil, err
		}
		for _, query := range settled.Observation.Reads {
			if query.GroupKind() == l.types[at].GroupKind {
				return &c, nil
			}
		}
	}
	return nil, nil
}

func (l *life) refusedThenHeals(ctx context.Context, c cases.Case, user string) (string, error) {
	p, err := l.put(ctx, c, nil)
	if err != nil {
		return "", err
	}
	model, err := l.model(ctx, c)
	if err != nil {
		return "", err
	}
	fault, err := l.await(ctx, model, reason(v1alpha1.ReasonForbidden))
	if err == nil && fault == "" {
		if err = l.grant(ctx, user, l.role); err == nil {
			fault, err = l.follows(ctx, model, p, v1alpha1.PhaseFailed)
		}
	}
	return fault, errors.Join(err, l.deleteModel(ctx, model), l.clear(ctx, p))
}
