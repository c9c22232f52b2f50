package referent

import (
	"context"
	"log/slog"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/reflector"
)

// patience is how often in a row, over some ten seconds, the API server may not
// know a type that it is said to serve before that is worth a log line.
const patience = 15

// unreadableAfter is how long reads of a type may fail before what was read of it
// is not relied on any longer. A conversion webhook is away for less while its
// Pods are replaced.
const unreadableAfter = time.Minute

// watch keeps a store true to the objects of one target for as long as it runs.
type watch struct {
	*store
	target target
	// idle: nobody needs the objects, and it is only asked whether they may be read.
	idle bool
	// projection is what the store keeps of the objects.
	projection kind.Projection
	client     dynamic.ResourceInterface
	// permit says with a Forbidden that the target may not be read.
	permit func(context.Context, schema.GroupVersionResource) error
	// answers fails while the API server answers nothing else either.
	answers func(context.Context) error
	clock   clock.Clock
	dates   clock.PassiveClock
	log     *slog.Logger
	// gone is told when the API server does not know the target.
	gone func()
	stop context.CancelFunc

	// trouble is the reason that was logged last, empty while all is well;
	// missing counts the answers "not found" in a row; failing is since when
	// reads fail, zero while they do not. Only the goroutine of run uses them.
	trouble string
	missing int
	failing time.Time
}

// fits says whether the watch is as it should be.
func (w *watch) fits(t target, projection kind.Projection, idle bool) bool {
	return w.target == t && w.idle == idle && w.projection.Equal(projection)
}

// run returns when the context ends, or when nothing is left to be asked.
func (w *watch) run(ctx context.Context) {
	if w.idle {
		w.ask(ctx)
		return
	}
	reflector.Source{
		Name: w.target.kind.String(), Example: &unstructured.Unstructured{}, Store: w, Clock: w.clock, Log: w.log,
		List: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return w.client.List(ctx, options)
		},
		Watch:     w.client.Watch,
		Permit:    func(ctx context.Context) error { return w.permit(ctx, w.target.gvr()) },
		Connected: w.connected,
		Failed:    func(ctx context.Context, err error) bool { return w.failed(ctx, err) == Failing },
	}.Run(ctx)
}

// ask asks whether the target may be read, until it may.
func (w *watch) ask(ctx context.Context) {
	for pace := reflector.NewBackoff(); ; {
		err := w.permit(ctx, w.target.gvr())
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			w.update(func(t *syncState) { *t = syncState{unused: true} })
			return
		}
		w.failed(ctx, err)
		select {
		case <-ctx.Done():
			return
		case <-w.clock.After(pace.Step()):
		}
	}
}

func (w *watch) connected(ctx context.Context, listed bool) {
	w.update(func(t *syncState) { t.streaming = true })
	w.missing = 0
	if w.trouble != "" {
		w.log.InfoContext(ctx, "watching again")
		w.trouble = ""
	}
	if listed {
		w.well()
	}
}

// Replace is part of cache.ReflectorStore.
func (w *watch) Replace(list []any, version string) error {
	err := w.store.Replace(list, version)
	// A stream that has begun and not brought its list yet may fail as others did.
	if state, _ := w.current(); state == Synced {
		w.well()
	}
	return err
}

// well ends what may have been wrong for long.
func (w *watch) well() { w.failing = time.Time{} }

// failed judges an error: one that may pass leaves what was read in place, for
// as long as such errors usually last.
func (w *watch) failed(ctx context.Context, err error) State {
	because := fault{string(apierrors.ReasonForError(err)), w.target.failing(err)}
	if apierrors.IsNotFound(err) {
		w.gone()
		// Normal while a definition comes or goes, for a few seconds.
		if w.missing++; w.missing < patience {
			because = fault{}
		}
	}
	lasting := w.lasts(ctx, err)
	state := w.fail(because, func(t *syncState) {
		t.streaming = false
		switch {
		case apierrors.IsForbidden(err):
			*t = syncState{refused: true}
		case lasting:
			*t = syncState{failing: true}
		}
	})
	if trouble := string(state) + because.cause; because.message != "" && trouble != w.trouble {
		w.log.WarnContext(ctx, "cannot watch, trying again", "state", state, "error", err)
		w.trouble = trouble
	}
	return state
}

// lasts says whether reads of this type fail for long, and of this type alone:
// when all fail, as while etcd is away, nothing is known about any.
func (w *watch) lasts(ctx context.Context, err error) bool {
	now := w.dates.Now()
	switch {
	case apierrors.IsForbidden(err):
		w.well()
	case w.failing.IsZero() || w.answers(ctx) != nil:
		w.failing = now
	default:
		return now.Sub(w.failing) >= unreadableAfter
	}
	return false
}

// says is what there is to say about a state.
func (w *watch) says(state State) string {
	switch state {
	case Forbidden:
		return w.target.forbidden()
	case Starting, Failing:
		return w.lastError()
	}
	return ""
}
