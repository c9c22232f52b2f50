package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
)

const noReadyCase = "no case of the kind is Ready on this API server and resolved as it should be"

// withReady puts a ready case up, waits until its model is Ready, goes on from
// there, and clears up. The step says what is wrong, and what is there in the end.
func (l *life) withReady(ctx context.Context, name string, step func(context.Context, *v1alpha1.MaaSModel, *play) (string, *play, error)) error {
	if len(l.ready) == 0 {
		l.skip(name, noReadyCase)
		return nil
	}
	p, err := l.put(ctx, l.ready[0], nil)
	if err != nil {
		return err
	}
	model, err := l.model(ctx, p.Case)
	if err != nil {
		return err
	}
	fault, err := l.follows(ctx, model, p, "")
	if err == nil && fault == "" {
		fault, p, err = step(ctx, model, p)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	l.note(name, fault)
	return errors.Join(l.deleteModel(ctx, model), l.clear(ctx, p))
}

func (l *life) referentGone(ctx context.Context) error {
	if l.kind.NoReferent() != "" {
		l.skip(referentGone, l.notOurs())
		return nil
	}
	return l.withReady(ctx, referentGone, func(ctx context.Context, model *v1alpha1.MaaSModel, p *play) (string, *play, error) {
		if err := l.delete(ctx, p.referent); err != nil {
			return "", p, err
		}
		if fault, err := l.await(ctx, model, reason(v1alpha1.ReasonReferentNotFound)); fault != "" || err != nil {
			return fault, p, err
		}
		return l.again(ctx, model, p)
	})
}

// again puts the case up once more, after something of it was lost.
func (l *life) again(ctx context.Context, model *v1alpha1.MaaSModel, before *play) (string, *play, error) {
	p, err := l.put(ctx, before.Case, before)
	if err != nil {
		return "", before, err
	}
	fault, err := l.follows(ctx, model, p, v1alpha1.PhaseUnhealthy)
	return fault, p, err
}

// endpointMoves goes from one ready case to another of the same objects.
func (l *life) endpointMoves(ctx context.Context) error {
	if l.kind.NoReferent() != "" {
		l.skip(endpointMoves, l.notOurs())
		return nil
	}
	other, why := l.elsewhere()
	if why != "" {
		l.skip(endpointMoves, why)
		return nil
	}
	return l.withReady(ctx, endpointMoves, func(ctx context.Context, model *v1alpha1.MaaSModel, p *play) (string, *play, error) {
		first := model.Status.Endpoint
		next, err := l.put(ctx, other, p)
		if err != nil {
			return "", p, err
		}
		fault, err := l.follows(ctx, model, next, v1alpha1.PhaseReady)
		if err == nil && fault == "" && model.Status.Endpoint == first {
			fault = fmt.Sprintf("the cases %s and %s have the same endpoint %s here", p.Name, next.Name, first)
		}
		return fault, next, err
	})
}

// elsewhere finds a case that is Ready with another endpoint than the first
// ready one, for a referent of the same name; or says that there is none.
func (l *life) elsewhere() (cases.Case, string) {
	if len(l.ready) == 0 {
		return cases.Case{}, noReadyCase
	}
	first := l.ready[0]
	for _, c := range l.ready[1:] {
		if c.Expect == nil || c.Expect["endpoint"] == nil || first.Expect == nil || first.Expect["endpoint"] == nil || c.Override != first.Override {
			continue
		}
		if same(c.Referent, first.Referent) && *c.Expect["endpoint"] != *first.Expect["endpoint"] {
			return c, ""
		}
	}
	return cases.Case{}, fmt.Sprintf("no other case than %s is Ready with another endpoint for a referent of the same name", first.Name)
}

// restart changes what is there while no controller runs.
func (l *life) restart(ctx context.Context) error {
	return l.withReady(ctx, restarted, func(ctx context.Context, model *v1alpha1.MaaSModel, p *play) (string, *play, error) {
		if err := l.halt(); err != nil {
			return "", p, err
		}
		before := model.ResourceVersion
		want := reason(v1alpha1.ReasonReferentNotFound)
		if p.referent != nil {
			if err := l.delete(ctx, p.referent); err != nil {
				return "", p, err
			}
		} else {
			want = reason(v1alpha1.ReasonReady)
		}
		var err error
		if l.engine, err = l.start(ctx, "", l.role); err != nil {
			return "", p, err
		}
		if fault, err := l.await(ctx, model, want); fault != "" || err != nil {
			return fault, p, err
		}
		if p.referent == nil {
			if model.ResourceVersion != before {
				return "the controller that was started again has written a status that was right already", p, nil
			}
			return "", p, nil
		}
		return l.again(ctx, model, p)
	})
}

func (l *life) halt() error {
	running := l.engine
	l.engine = nil
	return running.stop()
}

// typeGone deletes the referent's CRD, with its objects, and brings it back.
func (l *life) typeGone(ctx context.Context) error {
	if why := l.notOurs(); why != "" {
		l.skip(typeGone, why)
		return nil
	}
	return l.withReady(ctx, typeGone, func(ctx context.Context, model *v1alpha1.MaaSModel, p *play) (string, *play, error) {
		for range 2 {
			if err := l.uninstallAll(ctx, l.referents()); err != nil {
				return "", p, err
			}
			if fault, err := l.await(ctx, model, reason(v1alpha1.ReasonCRDNotInstalled)); fault != "" || err != nil {
				return fault, p, errors.Join(err, l.installAll(ctx, l.referents()))
			}
			if err := l.installAll(ctx, l.referents()); err != nil {
				return "", p, err
			}
			fault, next, err := l.again(ctx, model, p)
			if p = next; fault != "" || err != nil {
				return fault, p, err
			}
		}
		return "", p, nil
	})
}
