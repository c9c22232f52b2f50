package engine_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// A type that the API server fails to read, as it does while a conversion
// webhook is away, is not a backend that is lost.
func TestFailingReadKeepsTheStatus(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)
	c.stop()
	w.apply(t, namespace, "granite", facts{"verdict": "Broken"})

	var failing atomic.Bool
	failing.Store(true)
	c = run(t, env, w.kinds, func(config *rest.Config, _ *manager.Options, _ *engine.Options) {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(request *http.Request) (*http.Response, error) {
				if failing.Load() && strings.Contains(request.URL.Path, "/widgets") {
					const status = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"InternalError","code":500,"message":"conversion webhook failed"}`
					return &http.Response{StatusCode: http.StatusInternalServerError, Request: request,
						Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(status))}, nil
				}
				return next.RoundTrip(request)
			})
		})
	})
	stored := model.ResourceVersion
	testenv.Eventually(t, patience, func() error {
		if count, err := counted(t, c.registry, "maas_reconciles_total", map[string]string{"outcome": "ok"}); err != nil || count == 0 {
			return errors.New("not reconciled yet")
		}
		if len(c.log.loud()) == 0 {
			return errors.New("the failure is not logged yet")
		}
		return nil
	})
	if err := refresh(t, env, model); err != nil || model.ResourceVersion != stored {
		t.Errorf("the status was written while nothing could be read (%v): %+v", err, standing(model))
	}
	failing.Store(false)
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonBackendFailed})
	if loud := c.log.loud(); len(loud) != 1 {
		t.Errorf("logged %d lines of alarm for one failure:\n%q", len(loud), loud)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// What has changed while the API server was away is seen when it is back.
func TestOutage(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	line := testenv.NewLine(t, env.Config.Host)
	run(t, env, w.kinds, func(config *rest.Config, _ *manager.Options, _ *engine.Options) {
		config.Host = "https://" + line.Address
	})
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)
	for i := range 2 {
		line.Cut()
		endpoint := fmt.Sprintf("http://granite-%d.example.com", i)
		w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": endpoint})
		line.Mend(t)
		expect(t, env, model, stands{v1alpha1.PhaseReady, endpoint, v1alpha1.ReasonReady})
	}
}
