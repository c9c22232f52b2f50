package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever slashes a client's base URL brings along, the list is the list and an
// id is an id, for every method.
func TestSlashes(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL), model("b/granite", yes.URL), model("b/other", yes.URL))
	for path, as := range map[string]string{
		"//v1/models":             "/v1/models", // the base URL is http://host//v1, or ends in a slash and /v1 is joined
		"/v1//models":             "/v1/models", // it ends in /v1/
		"/v1/models/":             "/v1/models", // a slash is put behind every path
		"/v1/models//":            "/v1/models",
		"///v1///models///":       "/v1/models",
		"//v1/models?namespace=b": "/v1/models?namespace=b",
		"/v1/models/?ready=maybe": "/v1/models?ready=maybe",
		"//v1//models/granite":    "/v1/models/granite", // the same base URL, and one model
		"/v1//models/b/granite":   "/v1/models/b/granite",
		"//v1/models/b%2Fgranite": "/v1/models/b%2Fgranite",
		"//v1/models/nope":        "/v1/models/nope",
		// An id is not mended.
		"/v1//models/granite/": "/v1/models/nope",
		"/v1/models//granite":  "/v1/models/nope",
		"//v1/models/b//other": "/v1/models/nope",
		"/v1/models/%2F":       "/v1/models/nope",
		"//v1/models/../other": "/v1/models/nope",
		// Nor is any other path.
		"/v1/models%2F":     "/v2/models",
		"/v1%2Fmodels":      "/v2/models",
		"//v1/./models":     "/v2/models",
		"/x/../v1/models":   "/v2/models",
		"//healthz":         "/v2/models",
		"//v1/modelsx":      "/v2/models",
		"//openapi.json":    "/v2/models",
		"/v1/v1/models":     "/v2/models",
		"//v1//models.json": "/v2/models",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodDelete} {
			for _, token := range []string{"alice", "eve", ""} {
				want, got := s.do(t, method, as, token).whole(), s.do(t, method, path, token).whole()
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s by %q differs from %s (-want +got):\n%s", method, path, token, as, diff)
				}
			}
		}
	}
}
