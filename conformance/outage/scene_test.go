package outage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// patience is how long a change may take that nothing is in the way of.
const patience = 2 * time.Minute

// scene is both programs on a control plane of their own.
type scene struct {
	plane *testenv.Plane
	// line is that of the programs to the API server, and of nobody else; nil where
	// they connect directly.
	line      *testenv.Line
	namespace string
	backend   string
	api       string
	log       *install.Output
}

// newScene starts the programs. Those of another build are taken from the folder
// that OUTAGE_PROGRAMS names, to compare with.
func newScene(t *testing.T, withLine bool) *scene {
	t.Helper()
	s := &scene{plane: testenv.StartPlane(t), api: testenv.FreeAddress(t)}
	s.namespace = s.plane.Namespace(t)
	model := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(model.Close)
	s.backend = model.URL
	stale := []string{"--max-stale=10s"}
	programs := os.Getenv("OUTAGE_PROGRAMS")
	if programs != "" {
		stale = nil // Older ones have no such flag.
	} else {
		programs = t.TempDir()
		if err := install.BuildPrograms(t.Context(), testenv.Root(t), programs, "maas-controller", "maas-api"); err != nil {
			t.Fatal(err)
		}
	}
	config := rest.CopyConfig(s.plane.Config)
	if withLine {
		s.line = testenv.NewLine(t, config.Host)
		config.Host = (&url.URL{Scheme: "https", Host: s.line.Address}).String()
	}
	both := []string{"--kubeconfig=" + testenv.Kubeconfig(t, config), "--allow-cidr=127.0.0.0/8",
		"--kinds-dir=" + filepath.Join(testenv.Root(t), "cmd/maas-controller/testdata/kinds")}
	install.Start(t, filepath.Join(programs, "maas-controller"), append(both, "--metrics-bind-address=0", "--health-probe-bind-address=0"))
	s.log = install.Start(t, filepath.Join(programs, "maas-api"), append(append(both, "--listen="+s.api, "--metrics-listen=0",
		"--shutdown-delay=0s", "--trusted-hosts=127.0.0.1", "--allow-http"), stale...))
	return s
}

// add makes a model whose backend is ready, and waits until it is listed.
func (s *scene) add(t *testing.T, name string) *v1alpha1.MaaSModel {
	t.Helper()
	model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name},
		Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Settings", Name: name}}}
	for _, object := range []client.Object{s.settings(name, "yes"), model} {
		if err := s.plane.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	testenv.Eventually(t, patience, func() error { return s.lists(t.Context(), name, true) })
	return model
}

func (s *scene) settings(name, ready string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}, Data: map[string]string{"ready": ready, "url": s.backend}}
}

// notReady fails while the controller says that a model is Ready.
func (s *scene) notReady(ctx context.Context, name string) error {
	model := &v1alpha1.MaaSModel{}
	if err := s.plane.Client.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, model); err != nil {
		return err
	}
	if model.Status.Phase == v1alpha1.PhaseReady {
		return fmt.Errorf("%s is Ready", name)
	}
	return nil
}

// lists fails until the API's list has a model, or has it no more.
func (s *scene) lists(ctx context.Context, name string, want bool) error {
	answer, err := s.ask(ctx, "/v1/models")
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	var models struct{ Data []struct{ ID string } }
	if err := json.NewDecoder(answer.Body).Decode(&models); err != nil {
		return err
	}
	var ids []string
	for _, m := range models.Data {
		ids = append(ids, m.ID)
	}
	if answer.StatusCode != http.StatusOK || slices.Contains(ids, name) != want {
		return fmt.Errorf("status %d, listed %q, %s among them: %t wanted", answer.StatusCode, ids, name, want)
	}
	return nil
}

func (s *scene) ask(ctx context.Context, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.api+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer any")
	return new(http.Client).Do(request)
}

// answers waits until the API answers so while the API server is away.
func (s *scene) answers(t *testing.T, path string, status int, says bool) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		answer, err := s.ask(t.Context(), path)
		if err != nil {
			return err
		}
		defer func() { _ = answer.Body.Close() }()
		if got := answer.Header.Get("X-Models-As-Of"); answer.StatusCode != status || (got != "") != says {
			return fmt.Errorf("%s: status %d, X-Models-As-Of %q, want %d, and one: %t", path, answer.StatusCode, got, status, says)
		}
		return nil
	})
}

// recovery is how long it took until what was changed was seen.
type recovery struct{ backend, model, list time.Duration }

// change has three models change: the backend of the first, the second itself, and
// the third is deleted. It says when the statuses and the list had that.
func (s *scene) change(t *testing.T, name string) recovery {
	t.Helper()
	key := func(what string) client.ObjectKey { return client.ObjectKey{Namespace: s.namespace, Name: name + what} }
	model := &v1alpha1.MaaSModel{}
	if err := s.plane.Client.Get(t.Context(), key("-model"), model); err != nil {
		t.Fatal(err)
	}
	model.Spec.ModelRef.Name = "absent"
	gone := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: key("-gone").Name}}
	began := time.Now()
	err := errors.Join(s.plane.Client.Update(t.Context(), s.settings(key("-backend").Name, "no")),
		s.plane.Client.Update(t.Context(), model), s.plane.Client.Delete(t.Context(), gone))
	if err != nil {
		t.Fatal(err)
	}
	var took recovery
	testenv.Eventually(t, patience, func() error {
		return errors.Join(
			since(began, &took.backend, s.notReady(t.Context(), key("-backend").Name)),
			since(began, &took.model, s.notReady(t.Context(), key("-model").Name)),
			since(began, &took.list, s.lists(t.Context(), gone.Name, false)))
	})
	return took
}

// since notes the first time that there was no error.
func since(began time.Time, took *time.Duration, err error) error {
	if err == nil && *took == 0 {
		*took = time.Since(began)
	}
	return err
}
