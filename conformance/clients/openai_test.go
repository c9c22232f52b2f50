package clients

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// from is the address of one of the APIs that TestRealClients starts.
func from(t *testing.T, variable string) string {
	t.Helper()
	url := os.Getenv(variable)
	if url == "" {
		t.Skipf("%s is not set: go test -run TestRealClients ./api starts the API and runs this", variable)
	}
	return url + "/v1/"
}

// client is one of alice, who may use three of the four models.
func client(t *testing.T, url string, options ...option.RequestOption) (openai.Client, *atomic.Int64) {
	t.Helper()
	var requests atomic.Int64
	counted := option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
		requests.Add(1)
		return next(r)
	})
	return openai.NewClient(append([]option.RequestOption{option.WithBaseURL(url), option.WithAPIKey("alice"), counted}, options...)...), &requests
}

func TestList(t *testing.T) { list(t, from(t, "MAAS_URL")) }

// A base URL with a slash too many is a slip that many make.
func TestListFromSlashedBaseURLs(t *testing.T) {
	url := from(t, "MAAS_URL")
	list(t, url+"/")
	list(t, strings.TrimSuffix(url, "v1/")+"/v1/")
}

func list(t *testing.T, url string) {
	t.Helper()
	c, _ := client(t, url)
	var ids []string
	pages := c.Models.ListAutoPaging(t.Context())
	for pages.Next() {
		m := pages.Current()
		ids = append(ids, m.ID)
		if m.Object != "model" || m.OwnedBy == "" || m.Created == 0 {
			t.Errorf("%s: %s", m.ID, m.RawJSON())
		}
	}
	if err := pages.Err(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"b/granite", "granite", "zephyr-7b.q4"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
}

func TestRetrieve(t *testing.T) {
	c, _ := client(t, from(t, "MAAS_URL"))
	for id, owner := range map[string]string{"granite": "a", "a/granite": "a", "b/granite": "b", "zephyr-7b.q4": "a"} {
		m, err := c.Models.Get(t.Context(), id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		var ready bool
		if err := json.Unmarshal([]byte(m.JSON.ExtraFields["ready"].Raw()), &ready); err != nil || !ready || m.OwnedBy != owner {
			t.Errorf("%s: %s", id, m.RawJSON())
		}
	}
}

func TestErrors(t *testing.T) {
	for name, test := range map[string]struct {
		variable string
		call     func(openai.Client) error
		options  []option.RequestOption
		status   int
		code     string
		kind     string
		requests int64
	}{
		"no credentials": {
			"MAAS_URL", func(c openai.Client) error { _, err := c.Models.List(t.Context()); return err },
			[]option.RequestOption{option.WithHeaderDel("Authorization")}, 401, "missing_authorization", "authentication_error", 1,
		},
		"an unknown model": {
			"MAAS_URL", func(c openai.Client) error { _, err := c.Models.Get(t.Context(), "nope"); return err },
			nil, 404, "model_not_found", "invalid_request_error", 1,
		},
		"a model of others": {
			"MAAS_URL", func(c openai.Client) error { _, err := c.Models.Get(t.Context(), "secret"); return err },
			nil, 404, "model_not_found", "invalid_request_error", 1,
		},
		"backends down, tried again once": {
			"MAAS_DOWN_URL", func(c openai.Client) error { _, err := c.Models.List(t.Context()); return err },
			[]option.RequestOption{option.WithMaxRetries(1)}, 503, "backends_unreachable", "server_error", 2,
		},
		"a loop, not tried again": {
			"MAAS_URL", func(c openai.Client) error { _, err := c.Models.List(t.Context()); return err },
			[]option.RequestOption{option.WithHeader("X-Maas-Probe", "1")}, 508, "loop_detected", "server_error", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, requests := client(t, from(t, test.variable), test.options...)
			var got *openai.Error
			if err := test.call(c); !errors.As(err, &got) {
				t.Fatalf("error %v, want an *openai.Error", err)
			}
			if got.StatusCode != test.status || got.Code != test.code || got.Type != test.kind || got.Message == "" {
				t.Errorf("%d, code %q, type %q, message %q", got.StatusCode, got.Code, got.Type, got.Message)
			}
			if n := requests.Load(); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
		})
	}
}
