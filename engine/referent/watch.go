package referent

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/util/wait"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// calm is how long an attempt has to last for the next to start without delay.
const calm = 10 * time.Second

// patience is how often in a row, over some ten seconds, the API server may not
// know a type that it is said to serve before that is worth a log line.
const patience = 15

// unreadableAfter is how long reads of a type may fail before what was read of it
// is not relied on any longer. A conversion webhook is away for less while its
// Pods are replaced.
const unreadableAfter = time.Minute

// newBackoff spaces the attempts at something that fails: quickly at first,
// because a type is served a moment after it was installed, and every five
// seconds in the end, so that a permission granted later, or an API server that
// is back, is noticed. Each pause is a third of the time that has passed: a busy
// API server takes seconds to serve a type that it calls established, and a pause
// that doubles would make twice as many of them.
func newBackoff() wait.Backoff {
	return wait.Backoff{Duration: 50 * time.Millisecond, Factor: 1.3, Jitter: 0.1, Steps: 30, Cap: 5 * time.Second}
}

// watch keeps a store true to the objects of one target for as long as it runs.
//
// It drives a client-go reflector itself, where an informer would: an informer
// does not tell refused from failing from in sync, and its backoff cannot be set.
type watch struct {
	*store
	target target
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

// run returns when the context ends.
func (w *watch) run(ctx context.Context) {
	// The reflector's own remarks are for debugging: what an operator has to
	// know is logged here, once per change.
	ctx = logr.NewContext(ctx, logr.FromSlogHandler(w.log.Handler()).V(4))
	backoff := newBackoff()
	reflector := cache.NewReflectorWithOptions(
		&cache.ListWatch{ListWithContextFunc: w.list, WatchFuncWithContext: w.watch},
		&unstructured.Unstructured{}, w,
		cache.ReflectorOptions{Name: w.target.kind.String(), TypeDescription: w.target.kind.String(), Backoff: &backoff, Clock: w.clock})

	for pace := newBackoff(); ; {
		started := w.clock.Now()
		err := w.permit(ctx, w.target.gvr())
		if err == nil {
			err = reflector.ListAndWatchWithContext(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			w.failed(ctx, err)
		}
		if w.clock.Since(started) > calm {
			pace = newBackoff()
		}
		select {
		case <-ctx.Done():
			return
		case <-w.clock.After(pace.Step()):
		}
	}
}

func (w *watch) list(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	return w.client.List(ctx, options)
}

func (w *watch) watch(ctx context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
	stream, err := w.client.Watch(ctx, options)
	switch {
	case err == nil:
		if w.connected(ctx); options.SendInitialEvents == nil {
			w.well()
		}
	case ctx.Err() != nil:
	case options.SendInitialEvents == nil:
		// The reflector retries some errors by itself, without a list, which is
		// what has to come next once nothing is relied on any longer.
		if w.failed(ctx, err) == Failing {
			err = errors.New(err.Error())
		}
	case utilnet.IsConnectionRefused(err) || apierrors.IsTooManyRequests(err):
		// In this mode the reflector would sleep on these, past the end of the
		// context. An error that it does not know makes it list instead, which
		// fails alike and returns.
		err = errors.New(err.Error())
	}
	return stream, err
}

func (w *watch) connected(ctx context.Context) {
	w.update(func(t *syncState) { t.streaming = true })
	w.missing = 0
	if w.trouble != "" {
		w.log.InfoContext(ctx, "watching again")
		w.trouble = ""
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
