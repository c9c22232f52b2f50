package modelkind

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/engine/reflector"
)

// goneAfter is how long the API server may not know ModelKinds before those it had
// count as gone. An API server that starts does not know them either, for a
// moment; one that deletes them says so for each.
const goneAfter = 30 * time.Second

// Run follows the ModelKinds until the context ends, which is no error. Nor are
// a missing CRD and a missing permission: both are waited for.
func (r *Resources) Run(ctx context.Context) error {
	f := &following{Resources: r, store: r.store(ctx)}
	reflector.Source{
		Name: Origin, Example: &Resource{}, Store: f.store, Clock: r.options.Clock, Log: r.options.Log,
		List: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			list := &ResourceList{}
			return list, r.client.List(ctx, list, &client.ListOptions{Raw: &options})
		},
		Watch: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return r.client.Watch(ctx, &ResourceList{}, &client.ListOptions{Raw: &options})
		},
		Permit:    func(context.Context) error { return nil },
		Connected: f.connected,
		Failed:    f.failed,
	}.Run(ctx)
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

func (f *following) connected(ctx context.Context, _ bool) {
	f.missing = time.Time{}
	if f.trouble != "" {
		f.options.Log.InfoContext(ctx, "following ModelKinds again")
		f.trouble = ""
	}
}

// failed judges an error. What was read stays, unless it is known to be gone.
func (f *following) failed(ctx context.Context, err error) (lost bool) {
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
	return false
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
