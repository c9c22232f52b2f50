package modelkind

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// unreadAfter is how long last good revisions may fail to be read before ModelKinds
// are followed without.
const unreadAfter = 30 * time.Second

// recalling reads last good revisions of before this process.
type recalling struct {
	*Resources
	// failing is since when they cannot be read.
	failing time.Time
}

// recall gives a ModelKind that is read for the first time the revision that was in
// force last, where that is not its newest. What does not fit is not taken, and said
// aloud. The error says that it is to be tried again, or that the program is broken.
func (r *recalling) recall(ctx context.Context, h *held) error {
	said := h.object.Status.LastGood
	if said == nil {
		return nil
	}
	if now, err := digest(h.object.Spec); err == nil && now == said.Digest {
		return nil
	}
	found := &appsv1.ControllerRevision{}
	err := r.client.Get(ctx, client.ObjectKey{Namespace: said.Namespace, Name: said.Name}, found)
	now := r.options.Clock.Now()
	switch {
	case err == nil:
		r.failing = time.Time{}
	case apierrors.IsForbidden(err), apierrors.IsNotFound(err), !r.failing.IsZero() && now.Sub(r.failing) > unreadAfter:
		r.pass(ctx, h, err)
		return nil
	default:
		if r.failing.IsZero() {
			r.failing = now
		}
		return fmt.Errorf("reading the last good revision of the ModelKind %s: %w", h.object.Name, err)
	}
	good, err := lastGood(h.object, found)
	if err != nil {
		r.pass(ctx, h, err)
		return nil
	}
	document, err := Document(r.options.Sources.Parser(), good)
	switch {
	case err != nil:
		return err
	case len(document.Faults) > 0:
		r.pass(ctx, h, fmt.Errorf("this version of the program refuses it: %s", linesOf(document.File, document.Faults)))
		return nil
	}
	r.options.Log.InfoContext(ctx, "the last good revision of a ModelKind goes on", "name", h.object.Name,
		"generation", said.Generation, "controllerRevision", said.Namespace+"/"+said.Name)
	h.document.LastGood = &document
	return nil
}

// pass goes on without the last good revision of a ModelKind.
func (r *recalling) pass(ctx context.Context, h *held, reason error) {
	said := h.object.Status.LastGood
	h.misfit = syntax.Message(fmt.Sprintf("the last good revision, the ControllerRevision %s/%s, is not taken: %s", said.Namespace, said.Name, reason), maxNote)
	advice := "the kind is in force again when its spec is mended"
	if apierrors.IsForbidden(reason) {
		advice = "grant what config/rbac/kind-revisions.yaml has to this process's account, and restart it"
	}
	r.options.Log.WarnContext(ctx, "the last good revision of a ModelKind is not taken", "name", h.object.Name, "reason", h.misfit, "advice", advice)
}
