package modelkind

import (
	"context"
	"errors"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// calm is how long an attempt has to last for the next to start without delay.
	calm = 10 * time.Second
	// goneAfter is how long the API server may not know ModelKinds before those
	// it had count as gone. An API server that starts does not know them either,
	// for a moment; one that deletes them says so for each.
	goneAfter = 30 * time.Second
)

// newBackoff spaces the attempts to follow ModelKinds: in the end one every five
// seconds, so that a CRD that is installed later is noticed.
func newBackoff() wait.Backoff {
	return wait.Backoff{Duration: 100 * time.Millisecond, Factor: 1.5, Jitter: 0.2, Steps: 30, Cap: 5 * time.Second}
}

// Run follows the ModelKinds until the context ends, which is no error. Nor are
// a missing CRD and a missing permission: both are waited for.
func (r *Resources) Run(ctx context.Context) error {
	f := &following{Resources: r, store: r.store(ctx)}
	// The reflector's own remarks are for debugging.
	quiet := logr.NewContext(ctx, logr.FromSlogHandler(r.options.Log.Handler()).V(4))
	backoff := newBackoff()
	reflector := cache.NewReflectorWithOptions(&cache.ListWatch{ListWithContextFunc: f.list, WatchFuncWithContext: f.watch},
		&Resource{}, f.store, cache.ReflectorOptions{Name: Origin, Backoff: &backoff, Clock: r.options.Clock})
	for pace := newBackoff(); ctx.Err() == nil; {
		started := r.options.Clock.Now()
		if err := reflector.ListAndWatchWithContext(quiet); err != nil && ctx.Err() == nil {
			f.failed(ctx, err)
		}
		if r.options.Clock.Since(started) > calm {
			pace = newBackoff()
		}
		select {
		case <-ctx.Done():
		case <-r.options.Clock.After(pace.Step()):
		}
	}
	return nil
}

// following is one run. Only its goroutine uses it.
type following struct {
	*Resources
	store *store
	// trouble is what was logged last; empty while all is well.
	trouble metav1.StatusReason
	// missing is since when the API server does not know ModelKinds.
	missing time.Time
}

func (f *following) list(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	list := &ResourceList{}
	return list, f.client.List(ctx, list, &client.ListOptions{Raw: &options})
}

func (f *following) watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	stream, err := f.client.Watch(ctx, &ResourceList{}, &client.ListOptions{Raw: &options})
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, err
	case options.SendInitialEvents == nil:
		// The reflector retries some errors by itself.
		f.failed(ctx, err)
		return nil, err
	default:
		// In this mode the reflector would sleep on some errors, past the end of
		// the context. One that it does not know makes it list, which fails alike
		// and returns.
		return nil, errors.New(err.Error())
	}
	f.missing = time.Time{}
	if f.trouble != "" {
		f.options.Log.InfoContext(ctx, "following ModelKinds again")
		f.trouble = ""
	}
	return stream, nil
}

// failed judges an error. What was read stays, unless it is known to be gone.
func (f *following) failed(ctx context.Context, err error) {
	log, advice := f.options.Log.WarnContext, "cannot follow ModelKinds, trying again"
	switch {
	case apierrors.IsNotFound(err):
		log, advice = f.options.Log.InfoContext, "no ModelKinds: their CRD is not installed, kubectl apply -k config/crd installs it"
		f.absent(ctx)
	case apierrors.IsForbidden(err):
		advice = "no ModelKinds: this process may not list and watch modelkinds.maas.opendatahub.io, the roles in config/rbac allow it"
		f.settle()
	}
	reason := apierrors.ReasonForError(err)
	if reason == "" {
		reason = metav1.StatusReasonUnknown
	}
	if reason != f.trouble {
		log(ctx, advice, "error", err)
		f.trouble = reason
	}
}

func (f *following) absent(ctx context.Context) {
	now := f.options.Clock.Now()
	if f.missing.IsZero() {
		f.missing = now
	}
	if now.Sub(f.missing) > goneAfter && len(f.held) > 0 {
		if err := f.store.Replace(nil, ""); err != nil {
			f.options.Log.ErrorContext(ctx, "taking the kinds of ModelKinds out of force", "error", err)
		}
	}
	f.settle()
}
