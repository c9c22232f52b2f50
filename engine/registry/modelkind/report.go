package modelkind

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/reflector"
	"github.com/maas-kinds/maas/engine/registry"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

const (
	// gap is the least time between two rounds of status writes: what changes
	// faster, such as the number of models, is written once.
	gap = time.Second
	// maxNote is what the API server takes as an event's note, in bytes.
	maxNote = 1024
	// reasonNotKept is the reason of an event that says that a restart would lose the
	// last good revision.
	reasonNotKept = "NotKept"
	// reasonReplaces is the reason of an event that says of a kind in force that it
	// takes the place of one from a file.
	reasonReplaces = "Replaces"
)

// Reporter writes the statuses of ModelKinds. One process in a cluster runs it.
type Reporter struct {
	Resources *Resources
	// Models is where MaaSModels are read, from a cache.
	Models client.Reader
	// Reader says how types are read at present.
	View func() *referent.Reader
	// Events tells of specs that are refused.
	Events events.EventRecorder
	// Plan says what would change if one set of kinds took the place of another.
	Plan func(ctx context.Context, before, after *kind.Set) (plan.Plan, error)
	// Reconsider is called when other specs are held back: what they read has to be
	// read to plan.
	Reconsider func()
	// Woken asks for another look: at the models, or at how types are read.
	Woken <-chan struct{}
	// Namespace is where the last good revisions are kept; nowhere when empty.
	Namespace string
	// Registerer holds the metrics during Run; nil for none.
	Registerer prometheus.Registerer

	keeper  *keeper
	planner *planner
}

// Run writes statuses until the context ends.
func (r *Reporter) Run(ctx context.Context) error {
	options := r.Resources.options
	r.keeper = newKeeper(r.Resources.client, r.Namespace, options.Clock, options.Log)
	unregister, err := r.keeper.register(r.Registerer)
	if err != nil {
		return err
	}
	defer unregister()
	r.planner = newPlanner(r.Plan, r.Reconsider, options.Clock)
	unregisterHeld, err := r.planner.register(r.Registerer)
	if err != nil {
		return err
	}
	defer unregisterHeld()
	pace := reflector.NewBackoff()
	for {
		objects, changed := r.Resources.Watch()
		entries, offered := options.Sources.Watch()
		pause := time.Duration(0)
		if err := r.round(ctx, objects, entries); err != nil && ctx.Err() == nil {
			options.Log.WarnContext(ctx, "writing the statuses of ModelKinds, trying again", "error", err)
			pause = pace.Step()
		} else {
			pace = reflector.NewBackoff()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-options.Clock.After(gap + pause):
		}
		if pause > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-offered:
		case <-r.Woken:
		case <-r.keeper.again(options.Clock):
		case <-r.planner.again():
		}
	}
}

// round looks at every ModelKind once.
func (r *Reporter) round(ctx context.Context, objects []*Resource, entries []registry.Entry) error {
	set := r.Resources.options.Sources.Kinds().Set()
	models, err := r.count(ctx, set)
	if err != nil {
		return err
	}
	held, err := r.planner.look(ctx, r.Resources.HeldBack(), set)
	if err != nil {
		return err
	}
	view := r.View()
	var errs []error
	for _, resource := range objects {
		file := fileOf(resource.Name)
		at := slices.IndexFunc(entries, func(e registry.Entry) bool { return e.Source == Origin && e.File == file })
		if at < 0 {
			continue // Another round follows when it has been offered.
		}
		facts := Facts{Entry: entries[at], Models: models[countedAs(entries[at], set)], TypeOf: view.Type, Misfit: r.Resources.misfit(resource.Name)}
		if facts.Entry.Held {
			if facts.Held = held[resource.Name]; facts.Held == nil {
				continue // It is held since a moment ago, and another round follows.
			}
		}
		for _, other := range entries {
			if other.OverriddenBy == file {
				facts.Replaces = other.File
			}
		}
		facts.LastGood = r.keep(ctx, resource, facts.Entry.Serving())
		errs = append(errs, r.write(ctx, resource, facts))
	}
	r.keeper.forget(objects)
	return errors.Join(errs...)
}

// keep has the revision of a ModelKind that is in force outlive this process. That
// it cannot stops nothing.
func (r *Reporter) keep(ctx context.Context, resource *Resource, serving *registry.Stored) *v1alpha1.LastGoodRevision {
	kept, err := r.keeper.keep(ctx, resource, serving)
	if err != nil && ctx.Err() == nil {
		advice := "it is tried again"
		if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
			advice = "grant what config/rbac/kind-revisions.yaml has to this process's account in namespace " + r.Namespace +
				", or name another one with --state-namespace"
		}
		r.Events.Eventf(&v1alpha1.ModelKind{ObjectMeta: resource.ObjectMeta}, nil, corev1.EventTypeWarning, reasonNotKept, "Keep", "%s",
			syntax.Message("a restart of maas-controller while the spec is refused would lose this revision: "+err.Error(), maxNote))
		r.Resources.options.Log.WarnContext(ctx, "the revision of a ModelKind is not kept: a restart while its spec is refused would lose it",
			"name", resource.Name, "error", err, "advice", advice)
	}
	return kept
}

// count says how many MaaSModels are of each kind, and how many name each kind
// that nobody knows.
func (r *Reporter) count(ctx context.Context, set *kind.Set) (map[string]int, error) {
	list := &v1alpha1.MaaSModelList{}
	if err := r.Models.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("counting MaaSModels: %w", err)
	}
	models := map[string]int{}
	for i := range list.Items {
		name := list.Items[i].Spec.ModelRef.Kind
		if k, ok := set.Lookup(name); ok {
			name = k.Name()
		}
		models[name]++
	}
	return models, nil
}

// countedAs is the name whose models are an entry's. One that is not in force
// has those that name it in vain, and none where another holds its name.
func countedAs(entry registry.Entry, set *kind.Set) string {
	if entry.InForce != nil {
		return entry.InForce.Name()
	}
	if _, taken := set.Lookup(entry.Name); taken {
		return ""
	}
	return entry.Name
}

// write stores a status that says anything new.
func (r *Reporter) write(ctx context.Context, resource *Resource, facts Facts) error {
	status := Decide(resource, facts, r.Resources.options.Clock)
	if equality.Semantic.DeepEqual(resource.Status, status) {
		return nil
	}
	next := resource.DeepCopy()
	next.Status = status
	switch err := r.Resources.client.Status().Update(ctx, next); {
	case apierrors.IsNotFound(err) || apierrors.IsConflict(err):
		return nil // Another one is on its way here, and another round with it.
	case apierrors.IsInvalid(err):
		// Its spec was stored before the CRD was as it is. Trying again would only
		// make the statuses of others late.
		r.Resources.options.Log.WarnContext(ctx, "the API server refuses the status of a ModelKind: its spec does not fit the CRD, and has to be written anew",
			"name", resource.Name, "error", syntax.Message(err.Error(), maxNote))
		return nil
	case err != nil:
		return fmt.Errorf("writing the status of the ModelKind %s: %w", resource.Name, err)
	}
	r.keeper.release(ctx, resource.Status.LastGood, status.LastGood)
	r.announce(ctx, resource, status, facts.Replaces)
	r.announceHeld(ctx, resource, status)
	return nil
}

// announce tells of a spec that has come to be refused, or to be in force, perhaps
// in the place of a kind from a file.
func (r *Reporter) announce(ctx context.Context, resource *Resource, status v1alpha1.ModelKindStatus, replaces string) {
	before := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionAccepted)
	after := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionAccepted)
	if before != nil && before.Status == after.Status && before.Reason == after.Reason && before.Message == after.Message {
		return
	}
	level, severity, reason := slog.LevelInfo, corev1.EventTypeNormal, after.Reason
	switch {
	case after.Reason == v1alpha1.ReasonHeldBack: // as its author wants it
	case after.Status != metav1.ConditionTrue:
		level, severity = slog.LevelWarn, corev1.EventTypeWarning
	case replaces != "":
		reason = reasonReplaces
	}
	// The recorder knows the published type alone.
	regarding := &v1alpha1.ModelKind{ObjectMeta: resource.ObjectMeta}
	r.Events.Eventf(regarding, nil, severity, reason, "Compile", "%s", syntax.Message(after.Message, maxNote))
	r.Resources.options.Log.LogAttrs(ctx, level, "ModelKind judged", slog.String("name", resource.Name),
		slog.String("revision", status.Revision), slog.String("reason", reason), slog.String("message", after.Message))
}
