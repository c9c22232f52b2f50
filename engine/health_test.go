package engine_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// broken makes the API server fail on resources, widgets where none is named,
// while it says so, as it does when a conversion webhook is away.
func broken(failing *atomic.Bool, resources ...string) setting {
	if len(resources) == 0 {
		resources = []string{"widgets"}
	}
	return func(config *rest.Config, _ *manager.Options, _ *engine.Options) {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(request *http.Request) (*http.Response, error) {
				if !failing.Load() || !slices.Contains(resources, path.Base(request.URL.Path)) {
					return next.RoundTrip(request)
				}
				const status = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"InternalError","code":500,"message":"the webhook is away"}`
				return &http.Response{StatusCode: http.StatusInternalServerError, Request: request,
					Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(status))}, nil
			})
		})
	}
}

// probed serves the health endpoints at an address.
func probed(t testing.TB) (string, setting) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return "http://" + address, func(_ *rest.Config, options *manager.Options, _ *engine.Options) {
		options.HealthProbeBindAddress = address
	}
}

// expectProbe waits until a health endpoint answers with a status.
func expectProbe(t testing.TB, url string, want int) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := new(http.Client).Do(request)
		if err != nil {
			return err
		}
		if err := response.Body.Close(); err != nil || response.StatusCode != want {
			return fmt.Errorf("%s answers %d (%v), want %d", url, response.StatusCode, err, want)
		}
		return nil
	})
}

// A watch that has not worked from the start leaves no model without a word: it
// says what it waits for. A metric shows the watch, and readiness fails when it
// has been so for long.
func TestWatchThatNeverWorks(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	relying := strings.ReplaceAll(relying, "GROUP", w.group)
	widget := w.spec(t)
	failing, clock := &atomic.Bool{}, clocktesting.NewFakePassiveClock(time.Now())
	failing.Store(true)
	url, probes := probed(t)
	c := run(t, env, load(t, widget, relying), broken(failing), told(clock), probes)

	w.apply(t, namespace, "granite", ready)
	models := []*v1alpha1.MaaSModel{modelOf(t, env, namespace, "widget"), modelOf(t, env, namespace, "Relying")}
	for _, model := range models {
		expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonWatchFailing})
		message := condition(model, v1alpha1.ConditionReferenceResolved).Message
		for _, says := range []string{"Widget." + w.group, "the webhook is away"} {
			if !strings.Contains(message, says) {
				t.Errorf("%s says %q, want %q in it", model.Name, message, says)
			}
		}
	}
	watch := map[string]string{"group": w.group, "version": "v1", "kind": "Widget", "state": "Starting"}
	if err := expectMetric(t, c, "maas_referent_watch", watch, 1); err != nil {
		t.Error(err)
	}
	expectProbe(t, url+"/readyz", http.StatusOK)
	clock.SetTime(clock.Now().Add(time.Hour))
	expectProbe(t, url+"/readyz/referents", http.StatusInternalServerError)

	failing.Store(false)
	for _, model := range models {
		expect(t, env, model, standsReady)
	}
	expectProbe(t, url+"/readyz", http.StatusOK)
}

// What is not installed, not served in a version that is read, or not permitted
// is the cluster's affair: the process is well, however long it lasts.
func TestMissingTypesAreNoFailure(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	namespace := env.Namespace(t)
	bind(t, env, "healthy", "healthy", controllerRules(t))
	clock := clocktesting.NewFakePassiveClock(time.Now())
	url, probes := probed(t)
	run(t, env, w.kinds, as("healthy"), told(clock), probes)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	for _, step := range []struct {
		do     func()
		phase  v1alpha1.Phase
		reason string
	}{
		{func() {}, v1alpha1.PhasePending, v1alpha1.ReasonCRDNotInstalled},
		{func() { w.install(t) }, v1alpha1.PhaseFailed, v1alpha1.ReasonForbidden},
		{func() { w.serve(t, "v2") }, v1alpha1.PhasePending, v1alpha1.ReasonVersionNotServed},
	} {
		step.do()
		expect(t, env, model, stands{step.phase, "", step.reason})
		clock.SetTime(clock.Now().Add(time.Hour))
		expectProbe(t, url+"/readyz", http.StatusOK)
	}
	w.uninstall(t)
}
