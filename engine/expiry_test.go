package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

const (
	expired = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410,"message":"too old resource version"}`
	invalid = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Invalid","code":422,"message":"sendInitialEvents is forbidden"}`
)

// A watch that the API server ends, or whose resourceVersion it has forgotten,
// is begun anew from a list: the status follows what the list says, during the
// fault and after it.
func TestWatchExpires(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*http.Request) *http.Response{
		"the stream ends":        func(r *http.Request) *http.Response { return answer(r, http.StatusOK, "") },
		"the version is refused": func(r *http.Request) *http.Response { return answer(r, http.StatusGone, expired) },
		"the version expires in the stream": func(r *http.Request) *http.Response {
			return answer(r, http.StatusOK, `{"type":"ERROR","object":`+expired+"}\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := server.Lend(t)
			w := newWidgets(t, env, kind.CrossNamespaceAllow)
			w.install(t)
			namespace, sent := env.Namespace(t), &traffic{}
			var faults atomic.Int64
			sent.intercept(func(request *http.Request) *http.Response {
				query := request.URL.Query()
				switch {
				case !strings.HasSuffix(request.URL.Path, w.group+"/v1/widgets") || query.Get("watch") == "":
					return nil
				case query.Get("sendInitialEvents") != "":
					// As an API server that cannot stream a list: list and watch are apart.
					return answer(request, http.StatusUnprocessableEntity, invalid)
				}
				faults.Add(1)
				return fault(request)
			})
			c := run(t, env, w.kinds, sent.tap)
			w.apply(t, namespace, "granite", ready)
			model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
			if name == "the version is refused" {
				// Nobody watches before a watch has worked once.
				expectFaults(t, &faults, 2)
				sent.intercept(nil)
			}
			expect(t, env, model, standsReady)

			for i := range 2 {
				url := fmt.Sprintf("http://granite-%d.example.com", i)
				w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": url})
				expect(t, env, model, stands{v1alpha1.PhaseReady, url, v1alpha1.ReasonReady})
			}
			if name != "the version is refused" {
				expectFaults(t, &faults, 4)
			}
			sent.intercept(nil)
			w.apply(t, namespace, "granite", facts{"verdict": "Broken"})
			expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonBackendFailed})
			if errors := counts(t, c, "maas_reconciles_total", map[string]string{"outcome": "error"}); errors > 0 {
				t.Errorf("%d reconciles ended in an error", errors)
			}
		})
	}
}

func expectFaults(t *testing.T, faults *atomic.Int64, atLeast int64) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if got := faults.Load(); got < atLeast {
			return fmt.Errorf("%d watches have met the fault, want %d", got, atLeast)
		}
		return nil
	})
}

func answer(request *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Request: request, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body))}
}
