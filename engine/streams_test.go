package engine_test

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/engine"
)

// streams are what an engine asks the API server about one resource.
type streams struct {
	// path is how the URLs end.
	path string

	mu sync.Mutex
	// requests are all of them; open the watches that are answered at present,
	// and most how many were at one time.
	requests, open, most int
}

// of counts the requests of an engine.
func (c *streams) of(config *rest.Config, _ *manager.Options, _ *engine.Options) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(request.URL.Path, c.path) {
				return next.RoundTrip(request)
			}
			c.count(1, 0)
			response, err := next.RoundTrip(request)
			if err == nil && response.StatusCode == http.StatusOK && request.URL.Query().Has("watch") {
				c.count(0, 1)
				response.Body = &streamed{response.Body, sync.OnceFunc(func() { c.count(0, -1) })}
			}
			return response, err
		})
	})
}

func (c *streams) count(requests, open int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests += requests
	c.open += open
	c.most = max(c.most, c.open)
}

func (c *streams) counted() (requests, open, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests, c.open, c.most
}

// streamed is the body of a watch.
type streamed struct {
	io.ReadCloser
	closed func()
}

// Close is part of io.Closer.
func (s *streamed) Close() error {
	s.closed()
	return s.ReadCloser.Close()
}
