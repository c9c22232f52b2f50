package reflector_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/reflector"
)

// backend answers as a test wants, and notes in order what was asked and told.
type backend struct {
	// permitted, listed, streamed and watched are the errors of the first answers; nil follows.
	permitted, listed, streamed, watched []error
	lost                                 bool
	happened                             []string
}

func next(errs *[]error) error {
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	return err
}

func (b *backend) note(what string) { b.happened = append(b.happened, what) }

func (b *backend) source() reflector.Source {
	return reflector.Source{
		Name: "configmaps", Example: &corev1.ConfigMap{}, Store: cache.NewStore(cache.MetaNamespaceKeyFunc), Clock: clock.RealClock{},
		Log: slog.New(slog.DiscardHandler),
		List: func(context.Context, metav1.ListOptions) (runtime.Object, error) {
			b.note("list")
			return &corev1.ConfigMapList{ListMeta: metav1.ListMeta{ResourceVersion: "1"}}, next(&b.listed)
		},
		Watch: func(_ context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
			what, errs := "watch", &b.watched
			if options.SendInitialEvents != nil {
				what, errs = "stream", &b.streamed
			}
			b.note(what)
			if err := next(errs); err != nil {
				return nil, err
			}
			return apiwatch.NewFake(), nil
		},
		Permit: func(context.Context) error { return next(&b.permitted) },
		Connected: func(_ context.Context, listed bool) {
			b.note(map[bool]string{true: "connected after a list", false: "connected"}[listed])
		},
		Failed: func(_ context.Context, err error) bool {
			b.note(string(apierrors.ReasonForError(err)))
			return b.lost
		},
	}
}

// What is asked and told in the first seconds, and that Run ends with the context.
func TestRun(t *testing.T) {
	t.Parallel()
	forbidden := apierrors.NewForbidden(schema.GroupResource{}, "", nil)
	busy := apierrors.NewTooManyRequests("busy", 1)
	other := errors.New("no streams here")
	for name, test := range map[string]struct {
		backend backend
		want    []string
	}{
		"all is well": {backend{}, []string{"stream", "connected"}},
		"it is permitted later": {backend{permitted: []error{forbidden, forbidden}},
			[]string{"Forbidden", "Forbidden", "stream", "connected"}},
		// client-go would sleep on this one, past the end of the context.
		"a stream that is refused for the time being is a list at once": {backend{streamed: []error{busy}},
			[]string{"stream", "list", "watch", "connected after a list"}},
		"a list that fails is a new attempt": {backend{streamed: []error{other}, listed: []error{busy}},
			[]string{"stream", "list", "TooManyRequests", "stream", "connected"}},
		"what was read is kept, and watched further": {backend{streamed: []error{other}, watched: []error{busy}},
			[]string{"stream", "list", "watch", "TooManyRequests", "watch", "connected after a list"}},
		"what was read is lost, and read again": {backend{streamed: []error{other}, watched: []error{busy}, lost: true},
			[]string{"stream", "list", "watch", "TooManyRequests", "", "stream", "connected"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := test.backend
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				defer cancel()
				b.source().Run(ctx)
				if diff := cmp.Diff(test.want, b.happened); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Attempts are quick at first and never further apart than five seconds and a tenth.
func TestBackoff(t *testing.T) {
	t.Parallel()
	backoff := reflector.NewBackoff()
	var pauses []time.Duration
	for range 40 {
		pauses = append(pauses, backoff.Step())
	}
	if pauses[0] > 60*time.Millisecond || slices.Max(pauses) > 5500*time.Millisecond || pauses[39] < 5*time.Second {
		t.Errorf("pauses: %v", pauses)
	}
}
