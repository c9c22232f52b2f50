package engine_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/engine"
)

// traffic counts what an engine asks of the API server.
type traffic struct {
	mu     sync.Mutex
	counts map[string]int
	// instead answers a request in the API server's place, where it is set and
	// its answer is not nil.
	instead func(*http.Request) *http.Response
}

// intercept makes f answer from now on.
func (f *traffic) intercept(instead func(*http.Request) *http.Response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instead = instead
}

// tap makes an engine's requests run through here.
func (f *traffic) tap(config *rest.Config, _ *manager.Options, _ *engine.Options) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			f.mu.Lock()
			if f.counts == nil {
				f.counts = map[string]int{}
			}
			f.counts[request.Method+" "+request.URL.Path]++
			instead := f.instead
			f.mu.Unlock()
			if instead != nil {
				if response := instead(request); response != nil {
					return response, nil
				}
			}
			return next.RoundTrip(request)
		})
	})
}

// writes counts the requests that change MaaSModels of a namespace, those that
// were refused too.
func (f *traffic) writes(namespace string) int {
	return f.writesTo("/namespaces/" + namespace + "/maasmodels/")
}

// writesTo counts those whose path has a part.
func (f *traffic) writesTo(part string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	count := 0
	for request, times := range f.counts {
		if !strings.HasPrefix(request, "GET ") && strings.Contains(request, part) {
			count += times
		}
	}
	return count
}

// reads counts the requests for a path, watches too.
func (f *traffic) reads(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts["GET "+path]
}

// told makes an engine take its time from a clock of the test's.
func told(clock *clocktesting.FakePassiveClock) setting {
	return func(_ *rest.Config, _ *manager.Options, options *engine.Options) { options.Clock = clock }
}

// counts is what a test expects of one of the engine's counters.
func counts(t testing.TB, c *controller, name string, labels map[string]string) int {
	t.Helper()
	count, err := counted(t, c.registry, name, labels)
	if err != nil {
		return 0 // A counter is there once it has counted.
	}
	return int(count)
}
