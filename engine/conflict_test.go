package engine_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// frost stops what the watches on MaaSModels bring, from when it falls on.
type frost struct {
	falls chan struct{}
}

// over is a setting: it is over an engine's cache of MaaSModels.
func (f *frost) over(config *rest.Config, _ *manager.Options, _ *engine.Options) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			response, err := next.RoundTrip(request)
			if err == nil && strings.HasSuffix(request.URL.Path, "/maasmodels") && request.URL.Query().Has("watch") {
				response.Body = &freezing{ReadCloser: response.Body, falls: f.falls, end: make(chan struct{})}
			}
			return response, err
		})
	})
}

// freezing is the body of a watch.
type freezing struct {
	io.ReadCloser
	falls <-chan struct{}
	end   chan struct{}
	once  sync.Once
}

// Read is part of io.Reader. What has arrived since the frost is not delivered.
func (f *freezing) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	select {
	case <-f.falls:
		<-f.end
		return 0, io.EOF
	default:
		return n, err
	}
}

// Close is part of io.Closer.
func (f *freezing) Close() error {
	f.once.Do(func() { close(f.end) })
	return f.ReadCloser.Close()
}

// A cache that is behind costs one conflict, not the status: after it the model
// is read from the API server.
func TestConflictIsSettledFromTheServer(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	cache := &frost{falls: make(chan struct{})}
	c := run(t, env, w.kinds, cache.over)
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)

	close(cache.falls)
	label := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":{"team":"blue"}}}`))
	if err := env.Client.Patch(t.Context(), model.DeepCopy(), label); err != nil {
		t.Fatal(err)
	}
	w.apply(t, namespace, "granite", facts{"verdict": "Broken"})
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonBackendFailed})
	if got := counts(t, c, "maas_status_writes_total", map[string]string{"outcome": "conflict"}); got != 1 {
		t.Errorf("%d conflicts, want 1", got)
	}
}
