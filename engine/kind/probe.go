package kind

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Probe says how to ask an endpoint whether it lets a caller in.
type Probe struct {
	// Path is appended to the endpoint, for example "/v1/models".
	Path   string
	accept []statusRange
}

// statusRange is an inclusive range of HTTP status codes.
type statusRange struct{ first, last int }

// DefaultProbe is used for models whose kind this process does not know.
func DefaultProbe() Probe {
	return Probe{Path: "/v1/models", accept: []statusRange{{200, 299}, {http.StatusMethodNotAllowed, http.StatusMethodNotAllowed}}}
}

// Accepts says whether a response status means that the caller is let in.
func (p Probe) Accepts(status int) bool {
	for _, r := range p.accept {
		if status >= r.first && status <= r.last {
			return true
		}
	}
	return false
}

// URL joins an endpoint and the probe path, keeping the endpoint's own path:
// https://host/llm/granite and /v1/models give https://host/llm/granite/v1/models.
func (p Probe) URL(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", fmt.Errorf("joining the endpoint and the probe path: %w", err)
	}
	base := strings.TrimSuffix(u.EscapedPath(), "/")
	joined, err := url.Parse(u.Scheme + "://" + u.Host + base + p.Path)
	if err != nil {
		return "", fmt.Errorf("joining the endpoint and the probe path: %w", err)
	}
	return joined.String(), nil
}
