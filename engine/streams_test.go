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
	// requests are all of them, bodies those of the watches that are open at
	// present, and most how many were at one time.
	requests, most int
	bodies         map[*streamed]bool
}

// of counts the requests of an engine.
func (c *streams) of(config *rest.Config, _ *manager.Options, _ *engine.Options) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(request.URL.Path, c.path) {
				return next.RoundTrip(request)
			}
			c.asked()
			response, err := next.RoundTrip(request)
			if err == nil && response.StatusCode == http.StatusOK && request.URL.Query().Has("watch") {
				response.Body = c.opened(response.Body)
			}
			return response, err
		})
	})
}

func (c *streams) asked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
}

func (c *streams) opened(body io.ReadCloser) io.ReadCloser {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &streamed{body, c}
	if c.bodies == nil {
		c.bodies = map[*streamed]bool{}
	}
	c.bodies[s] = true
	c.most = max(c.most, len(c.bodies))
	return s
}

// end ends the watches that are open, as the API server does every few minutes.
func (c *streams) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for body := range c.bodies {
		_ = body.ReadCloser.Close()
	}
}

func (c *streams) counted() (requests, open, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests, len(c.bodies), c.most
}

// streamed is the body of a watch.
type streamed struct {
	io.ReadCloser
	of *streams
}

// Close is part of io.Closer.
func (s *streamed) Close() error {
	s.of.mu.Lock()
	delete(s.of.bodies, s)
	s.of.mu.Unlock()
	return s.ReadCloser.Close()
}
