// Package reflector keeps a store true to the objects of one type for as long as
// it runs, whatever the API server answers meanwhile.
//
// It drives a client-go reflector itself, where an informer would: an informer
// does not tell refused from failing from in sync, and its backoff cannot be set.
package reflector

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
)

// resetAfter is how long an attempt has to last for the next to start without delay.
const resetAfter = 10 * time.Second

// NewBackoff spaces the attempts at something that is refused: quickly at first,
// because a type is served a moment after it was installed, and every five
// seconds in the end, so that a permission granted later is noticed. Each pause is
// a third of the time that has passed: a busy API server takes seconds to serve a
// type that it calls established, and a pause that doubles would make twice as many
// of them.
func NewBackoff() wait.Backoff {
	return wait.Backoff{Duration: 50 * time.Millisecond, Factor: 1.3, Jitter: 0.1, Steps: 30, Cap: 5 * time.Second}
}

// newSearch spaces the attempts at an API server that does not answer: a second
// apart at most, so that it is found as soon as it is back. It has nothing to do
// with them while it is away, and its own limits and Retry-After, which client-go
// heeds, hold once it is there.
func newSearch() wait.Backoff {
	return wait.Backoff{Duration: 50 * time.Millisecond, Factor: 1.3, Jitter: 0.25, Steps: 30, Cap: 800 * time.Millisecond}
}

// newPace spaces the attempts after an error, or after a watch that has ended.
func newPace(away bool) wait.Backoff {
	if away {
		return newSearch()
	}
	return NewBackoff()
}

// isAway says of an error that the API server did not answer, or that it had no
// answer yet, as while it starts.
func isAway(err error) bool {
	status := apierrors.APIStatus(nil)
	return err != nil && !errors.As(err, &status) ||
		apierrors.IsServiceUnavailable(err) || apierrors.IsTooManyRequests(err) || apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err)
}

// Source is a type of objects, and who is told how reading it goes. All is called
// by the goroutine of Run.
type Source struct {
	Name string
	// Example is an empty object of the type.
	Example any
	List    func(context.Context, metav1.ListOptions) (runtime.Object, error)
	Watch   func(context.Context, metav1.ListOptions) (apiwatch.Interface, error)
	Store   cache.ReflectorStore
	Clock   clock.Clock
	Log     *slog.Logger
	// Permit is asked before each attempt; its error is one of the attempt.
	Permit func(context.Context) error
	// Connected is told of each stream; listed says that the objects came before it,
	// and do not come with it.
	Connected func(_ context.Context, listed bool)
	// Failed is told of each error, and says whether nothing that was read is relied
	// on any longer.
	Failed func(context.Context, error) (lost bool)
}

// Run returns when the context ends.
func (s Source) Run(ctx context.Context) {
	// The reflector's own remarks are for debugging: what an operator has to
	// know Connected and Failed can tell, once per change.
	ctx = logr.NewContext(ctx, logr.FromSlogHandler(s.Log.Handler()).V(4))
	backoff := newSearch() // Used after refused connections and 429 alone.
	reflector := cache.NewReflectorWithOptions(&cache.ListWatch{ListWithContextFunc: s.List, WatchFuncWithContext: s.watch}, s.Example, s.Store,
		cache.ReflectorOptions{Name: s.Name, TypeDescription: s.Name, Backoff: &backoff, Clock: s.Clock})
	for pace, wasAway := NewBackoff(), false; ; {
		started := s.Clock.Now()
		err := s.Permit(ctx)
		if err == nil {
			err = reflector.ListAndWatchWithContext(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.Failed(ctx, err)
		}
		if away := isAway(err); away != wasAway || s.Clock.Since(started) > resetAfter {
			pace, wasAway = newPace(away), away
		}
		select {
		case <-ctx.Done():
			return
		case <-s.Clock.After(pace.Step()):
		}
	}
}

func (s Source) watch(ctx context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
	stream, err := s.Watch(ctx, options)
	listed := options.SendInitialEvents == nil
	switch {
	case err == nil:
		s.Connected(ctx, listed)
	case ctx.Err() != nil:
	case !listed:
		// In this mode the reflector would sleep on some errors, past the end of the
		// context. An error that it does not know makes it list instead, which fails
		// alike and returns.
		err = errors.New(err.Error())
	case s.Failed(ctx, err):
		// The reflector retries some errors by itself and keeps what it has, which has
		// to be read anew.
		err = errors.New(err.Error())
	}
	return stream, err
}
