package engine_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// lag makes discovery answer what it answered at one time.
type lag struct {
	mu      sync.Mutex
	answers map[string][]byte
}

// remember asks discovery, and has every later question answered so.
func (l *lag) remember(t testing.TB, config *rest.Config, paths ...string) {
	t.Helper()
	asking, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string][]byte{}
	for _, path := range paths {
		if answers[path], err = asking.RESTClient().Get().AbsPath(path).DoRaw(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = answers
}

// of is a setting: the discovery of an engine lags.
func (l *lag) of(config *rest.Config, _ *manager.Options, _ *engine.Options) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			l.mu.Lock()
			answer, late := l.answers[request.URL.Path]
			l.mu.Unlock()
			if !late {
				return next.RoundTrip(request)
			}
			return &http.Response{StatusCode: http.StatusOK, Request: request,
				Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(answer))}, nil
		})
	})
}

// A type that was deleted is not looked for because discovery has not heard of it.
func TestDiscoveryLags(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	late := &lag{}
	c := run(t, env, w.kinds, late.of)
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)
	late.remember(t, env.Config, "/apis", "/apis/"+w.group+"/v1", "/apis/"+w.group+"/v1beta1")
	w.uninstall(t)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonCRDNotInstalled})
	c.stop()
	if started := strings.Count(c.log.text(), `"msg":"watching","referent":"`+w.group); started != 1 {
		t.Errorf("%d watches were started, want 1: what is deleted is not there to be watched", started)
	}
}

// A type of an API server of its own that does not answer: nobody can say
// whether the type is served, and the models say that. They do not when the API
// server has answered before.
func TestUnavailableAPI(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	namespace := env.Namespace(t)
	service := w.unavailable(t, namespace)
	run(t, env, w.kinds)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonWatchFailing})
	message := condition(model, v1alpha1.ConditionReferenceResolved).Message
	if !strings.Contains(message, "Widget."+w.group) || !strings.Contains(message, w.group+"/v1") {
		t.Errorf("message %q does not say what it is about", message)
	}
	if err := env.Client.Delete(t.Context(), service); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonCRDNotInstalled})
	w.install(t)
	w.apply(t, namespace, "granite", ready)
	expect(t, env, model, standsReady)
	// With the definition its APIService goes, which has the name of the test's.
	w.uninstall(t)
}

// unavailable has widgets served by an API server of their own that is not there.
func (w *widgets) unavailable(t testing.TB, namespace string) *unstructured.Unstructured {
	t.Helper()
	env := w.env
	service := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
		"metadata": map[string]any{"name": "v1." + w.group},
		"spec": map[string]any{"group": w.group, "version": "v1", "groupPriorityMinimum": int64(100), "versionPriority": int64(100),
			"insecureSkipTLSVerify": true, "service": map[string]any{"namespace": namespace, "name": "absent"}},
	}}
	if err := env.Client.Create(t.Context(), service); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Client.Delete(context.WithoutCancel(t.Context()), service); client.IgnoreNotFound(err) != nil {
			t.Error(err)
		}
	})
	return service
}
