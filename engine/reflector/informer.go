package reflector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
)

// unanswered is how long the beginning of a watch may take before that is told.
const unanswered = 4 * time.Second

var errSilent = errors.New("the API server does not answer")

// Informers makes informers that are kept true as a Source is, and knows since when
// they are not. An informer of client-go sleeps for up to a minute between two
// attempts, which cannot be set: what lists and watches here is a Source, and the
// informer is given a watch that never ends.
type Informers struct {
	Clock clock.Clock
	Log   *slog.Logger
	// Failed is told why an informer cannot be kept true, once a reason; Restored is
	// told when it can again. What is nil is not told.
	Failed   func(context.Context, error)
	Restored func(context.Context)

	mu    sync.Mutex
	links []*link
}

// New is for the field NewInformer of controller-runtime's cache.Options.
func (i *Informers) New(from cache.ListerWatcher, example runtime.Object, resync time.Duration, indexers cache.Indexers) cache.SharedIndexInformer {
	l := &link{clock: i.Clock, down: i.Clock.Now()}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.links = append(i.links, l)
	f := &feed{informers: i, link: l, from: cache.ToListerWatcherWithContext(from), example: example, wanted: make(chan *stream)}
	return &informer{SharedIndexInformer: cache.NewSharedIndexInformer(f, example, resync, indexers), feed: f}
}

// DisconnectedSince is when the first of the informers that are not connected was
// lost, or made; zero while all are.
func (i *Informers) DisconnectedSince() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	var first time.Time
	for _, l := range i.links {
		if since := l.since(); !since.IsZero() && (first.IsZero() || since.Before(first)) {
			first = since
		}
	}
	return first
}

// informer runs what feeds it, too.
type informer struct {
	cache.SharedIndexInformer
	feed *feed
}

// RunWithContext is part of cache.SharedInformer.
func (i *informer) RunWithContext(ctx context.Context) {
	var feeding sync.WaitGroup
	defer feeding.Wait()
	feeding.Go(func() { i.feed.run(ctx) })
	i.SharedIndexInformer.RunWithContext(ctx)
}

// Run is part of cache.SharedInformer.
func (i *informer) Run(stop <-chan struct{}) { i.RunWithContext(wait.ContextForChannel(stop)) }

// trouble tells of failures once a reason. One goroutine uses it.
type trouble struct {
	*Informers
	reason string
}

// unlessAnswered tells of an API server that takes long to answer, unless what it
// returns is called before: client-go tries some requests again for a minute before
// it says anything.
func (t *trouble) unlessAnswered(ctx context.Context) (answered func()) {
	ended := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-ended:
		case <-ctx.Done():
		case <-t.Clock.After(unanswered):
			t.failed(ctx, errSilent)
		}
	})
	return func() {
		close(ended)
		waiting.Wait()
	}
}

// failed passes on what is news. The ordinary end of a watch is none.
func (t *trouble) failed(ctx context.Context, err error) {
	if ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return
	}
	reason := "unreachable"
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		reason = fmt.Sprint(status.Status().Code, status.Status().Reason)
	}
	if reason != t.reason && t.Failed != nil {
		t.Failed(ctx, err)
	}
	t.reason = reason
}

func (t *trouble) ended(ctx context.Context) {
	if t.reason != "" && t.Restored != nil {
		t.Restored(ctx)
	}
	t.reason = ""
}
