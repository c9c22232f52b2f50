package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind"
)

// life is one kind's life cycle under way.
type life struct {
	*stage
	folder *cases.Folder
	// kinds is the kind alone.
	kinds *kind.Set
	// role is what the kind's own role allows.
	role   []rbacv1.PolicyRule
	engine *controller
	checks []check.Result
	// ready are the cases that are Ready on this cluster.
	ready []cases.Case
}

// The checks of L4, besides one for each case and for each resource of the role.
const (
	typeAbsent    = "type absent, then installed"
	typeGone      = "type deleted and installed again, twice"
	referentGone  = "referent deleted and created again"
	endpointMoves = "endpoint changes while Ready"
	restarted     = "controller restarted in the middle"
	roleMinimal   = "role is minimal"
)

// proveLifeCycle leaves the cluster as it was.
func (c *Cluster) proveLifeCycle(ctx context.Context, _ *conformance.Suite, f *cases.Folder) (_ []check.Result, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	types, err := c.definitionsOf(ctx, f)
	if err != nil {
		return nil, err
	}
	if foreign := c.foreign(types); foreign != "" {
		return []check.Result{check.Skip("life cycle", "%s", foreign)}, nil
	}
	l := &life{stage: c.newStage(f, types), folder: f}
	if l.kinds, err = alone(f); err != nil {
		return nil, err
	}
	if l.role, err = c.options.Role(f, resources(types)); err != nil {
		return []check.Result{check.Of("role", err.Error())}, nil
	}
	if err := l.make(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if l.engine != nil {
			err = errors.Join(err, l.engine.stop())
		}
		err = errors.Join(err, c.uninstallAll(ctx, types))
	}()
	if l.engine, err = l.start(ctx, "", l.role); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{l.typeAbsent, l.cases, l.referentGone, l.endpointMoves, l.restart, l.typeGone, l.roleMinimal} {
		if err := step(ctx); err != nil {
			return l.checks, err
		}
	}
	return l.checks, nil
}

// start starts the engine as a user with a role of its own.
func (l *life) start(ctx context.Context, suffix string, role []rbacv1.PolicyRule) (*controller, error) {
	user := l.user(suffix)
	if err := l.grant(ctx, user, role); err != nil {
		return nil, err
	}
	return l.run(ctx, user, l.kinds, endpoint.Rules{}, l.places())
}

func (l *life) user(suffix string) string { return l.prefix + ":" + l.kind.Name() + suffix }

// places are the namespaces in which models live.
func (s *stage) places() []string {
	var all []string
	for _, name := range s.namespaces {
		all = append(all, name)
	}
	return all
}

func (l *life) note(name, fault string) { l.checks = append(l.checks, check.Of(name, fault)) }
func (l *life) skip(name, reason string) {
	l.checks = append(l.checks, check.Skip(name, "%s", reason))
}

// referents are the types that a referent may be of.
func (l *life) referents() []definition {
	return slices.DeleteFunc(slices.Clone(l.types), func(d definition) bool { return !l.kind.Refers(d.GroupKind) })
}

// notOurs says why a type of the referent cannot be deleted; empty when all can.
func (l *life) notOurs() string {
	if why := l.kind.NoReferent(); why != "" {
		return "the kind has no referent: " + why
	}
	for _, d := range l.referents() {
		if d.crd == nil {
			return d.String() + " is a type that the cluster serves itself"
		}
	}
	return ""
}

// typeAbsent begins before the CRDs are installed.
func (l *life) typeAbsent(ctx context.Context) error {
	reasonNot := l.notOurs()
	if reasonNot != "" {
		l.skip(typeAbsent, reasonNot)
		return l.installAll(ctx, l.types)
	}
	model, err := l.model(ctx, cases.Case{})
	if err != nil {
		return err
	}
	fault, err := l.await(ctx, model, reason(v1alpha1.ReasonCRDNotInstalled))
	if err == nil && fault == "" {
		if err = l.installAll(ctx, l.types); err == nil {
			fault, err = l.await(ctx, model, reason(v1alpha1.ReasonReferentNotFound))
		}
	}
	if err != nil {
		return err
	}
	l.note(typeAbsent, fault)
	return errors.Join(l.deleteModel(ctx, model), l.installAll(ctx, l.types))
}

// cases plays every case and compares the status with the pure core's.
func (l *life) cases(ctx context.Context) error {
	for _, c := range l.folder.Cases {
		name := "case " + c.Name
		if deleting(c) {
			l.skip(name, "an object of it is being deleted, which no client can write")
			continue
		}
		if c.OwnParameters {
			l.skip(name, "it sets parameters of its own, and the controller has those of every case")
			continue
		}
		p, fault, err := l.playCase(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if p == nil && c.MayBeRefused != "" {
			l.skip(name, "the API server refuses an object of it: "+c.MayBeRefused)
			continue
		}
		l.note(name, fault)
		if p == nil || fault != "" {
			continue
		}
		settled, err := l.evaluate(ctx, p, "")
		if err != nil {
			return err
		}
		if settled.Settled.Status.Phase == v1alpha1.PhaseReady {
			l.ready = append(l.ready, c)
		}
	}
	return nil
}

// playCase plays one case from nothing to nothing. The play is nil where the
// API server does not take the objects, which is a fault of the case unless it says
// why that may be.
func (l *life) playCase(ctx context.Context, c cases.Case) (*play, string, error) {
	p, err := l.put(ctx, c, nil)
	if refused(err) {
		return nil, fmt.Sprintf("%s: the API server refuses an object of the case: %s", c.Position, err), l.clear(ctx, p)
	}
	if err != nil {
		return nil, "", err
	}
	model, err := l.model(ctx, c)
	if refused(err) {
		return nil, fmt.Sprintf("%s: the API server refuses the model of the case: %s", c.Position, err), l.clear(ctx, p)
	}
	if err != nil {
		return nil, "", err
	}
	fault, err := l.follows(ctx, model, p, "")
	return p, fault, errors.Join(err, l.deleteModel(ctx, model), l.clear(ctx, p))
}

func deleting(c cases.Case) bool {
	for _, o := range objectsOf(c) {
		if o.GetDeletionTimestamp() != nil {
			return true
		}
	}
	return false
}
