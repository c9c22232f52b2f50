package catalog

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

const soon = 30 * time.Second

// follow runs a catalog of the namespaces until the test ends, and checks that
// it leaves nothing running.
func follow(t *testing.T, cluster *rest.Config, namespaces ...string) *Catalog {
	t.Helper()
	before := goleak.IgnoreCurrent()
	c, err := New(Config{
		Cluster: cluster, Namespaces: namespaces, Renderer: newRenderer(t),
		Clock: clock.RealClock{}, Log: slog.New(slog.DiscardHandler), Settle: 20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Snapshot() != nil {
		t.Error("there is a snapshot before anything was read")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the catalog ended with: %v", err)
		}
		if err := goleak.Find(before); err != nil {
			t.Errorf("left running: %v", err)
		}
	})
	testenv.Eventually(t, soon, func() error {
		if c.Snapshot() == nil {
			return fmt.Errorf("not synced")
		}
		return nil
	})
	return c
}

// eventually waits for a snapshot with these models.
func (c *Catalog) eventually(t *testing.T, want ...string) {
	t.Helper()
	testenv.Eventually(t, soon, func() error {
		if diff := cmp.Diff(want, listed(c.Snapshot())); diff != "" {
			return fmt.Errorf("(-want +got):\n%s", diff)
		}
		return nil
	})
}

// create puts a model into the API server, with the status it carries.
func create(t *testing.T, env *testenv.Env, m *v1alpha1.MaaSModel) *v1alpha1.MaaSModel {
	t.Helper()
	status := m.Status
	m.ResourceVersion = ""
	if err := env.Client.Create(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Status = status
	update(t, env, m)
	return m
}

func update(t *testing.T, env *testenv.Env, m *v1alpha1.MaaSModel) {
	t.Helper()
	if err := env.Client.Status().Update(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, env *testenv.Env, m *v1alpha1.MaaSModel) {
	t.Helper()
	if err := env.Client.Delete(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func TestCatalogFollowsTheCluster(t *testing.T) {
	env := server.Env(t)
	a, b, outside := env.Namespace(t), env.Namespace(t), env.Namespace(t)
	early := create(t, env, model(a, "early", 0))
	create(t, env, model(outside, "outside", 0))
	c := follow(t, env.Config, a, b)
	c.eventually(t, "early="+a+"/early")

	late := create(t, env, model(b, "late", 0))
	c.eventually(t, "early="+a+"/early", "late="+b+"/late")

	late.Status.Endpoint, late.Status.Phase = "http://moved."+b+".svc", v1alpha1.PhaseUnhealthy
	update(t, env, late)
	testenv.Eventually(t, soon, func() error {
		s := c.Snapshot()
		if place, ok := s.Find("late"); !ok || s.Entries()[place].Ready {
			return fmt.Errorf("the change is not there: %v", listed(s))
		}
		return nil
	})

	late.Status.Endpoint = ""
	update(t, env, late)
	c.eventually(t, "early="+a+"/early")

	late.Status.Endpoint = "http://back." + b + ".svc"
	update(t, env, late)
	c.eventually(t, "early="+a+"/early", "late="+b+"/late")

	remove(t, env, early)
	c.eventually(t, "late="+b+"/late")

	held := create(t, env, model(a, "held", 0, func(m *v1alpha1.MaaSModel) { m.Finalizers = []string{"example.com/kept"} }))
	c.eventually(t, "held="+a+"/held", "late="+b+"/late")
	remove(t, env, held) // and a finalizer keeps it
	c.eventually(t, "late="+b+"/late")
	if err := env.Client.Patch(t.Context(), held, client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`))); err != nil {
		t.Fatal(err)
	}
}

func TestCatalogOfAllNamespaces(t *testing.T) {
	env := server.Env(t)
	a, b := env.Namespace(t), env.Namespace(t)
	create(t, env, model(a, "everywhere-one", 0))
	create(t, env, model(b, "everywhere-two", 0))
	c := follow(t, env.Config)
	testenv.Eventually(t, soon, func() error {
		for _, id := range []string{a + "/everywhere-one", b + "/everywhere-two"} {
			if _, ok := c.Snapshot().Find(id); !ok {
				return fmt.Errorf("%s is missing", id)
			}
		}
		return nil
	})
}

// Readers look all the time while models beside theirs come, change and go,
// and while a name changes hands, as the status of its next model says. Neither
// model may be missing for a moment.
func TestNoModelIsMissingForAMoment(t *testing.T) {
	env := server.Env(t)
	a, b := env.Namespace(t), env.Namespace(t)
	older, younger := create(t, env, model(a, "contested", 0)), create(t, env, model(b, "contested", 0))
	if older.CreationTimestamp.Equal(&younger.CreationTimestamp) && b < a {
		older, younger = younger, older
	}
	steady := create(t, env, model(a, "steady", 0))
	c := follow(t, env.Config, a, b)
	all := []string{"contested=" + older.Namespace + "/contested", younger.Namespace + "/contested=" + younger.Namespace + "/contested", "steady=" + a + "/steady"}
	slices.Sort(all)
	c.eventually(t, all...)

	stop := make(chan struct{})
	var readers sync.WaitGroup
	var mu sync.Mutex
	missing := map[string]bool{}
	readers.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			s := c.Snapshot()
			for _, id := range []string{"steady", a + "/steady", "contested", younger.Namespace + "/contested"} {
				if _, ok := s.Find(id); !ok {
					mu.Lock()
					missing[id] = true
					mu.Unlock()
				}
			}
		}
	})

	for i := range 10 {
		steady.Status.Model = &v1alpha1.ModelInfo{ContextLength: int64(i + 1)}
		update(t, env, steady)
		passing := create(t, env, model(b, fmt.Sprint("passing-", i), 0))
		if i == 5 {
			given := younger.DeepCopy() // The readers look at the other.
			given.Status.ID = "contested"
			update(t, env, given)
			remove(t, env, older)
		}
		if i%2 == 0 {
			remove(t, env, passing)
		}
	}
	testenv.Eventually(t, soon, func() error {
		s := c.Snapshot()
		place, ok := s.Find("contested")
		if !ok || s.Entries()[place].Namespace != younger.Namespace {
			return fmt.Errorf("the name has not changed hands: %v", listed(s))
		}
		return nil
	})
	close(stop)
	readers.Wait()
	if len(missing) > 0 {
		t.Errorf("missing for a moment: %v", missing)
	}
}

func TestCatalogComesUpWhenTheCRDDoes(t *testing.T) {
	env := testenv.Start(t)
	env.UninstallCRDs(t, "maasmodels.maas.opendatahub.io")
	c, err := New(Config{
		Cluster: env.Config, Renderer: newRenderer(t), Clock: clock.RealClock{}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the catalog ended with: %v", err)
		}
	})
	env.InstallCRDs(t, testenv.Root(t)+"/config/crd")
	namespace := env.Namespace(t)
	create(t, env, model(namespace, "granite", 0))
	testenv.Eventually(t, time.Minute, func() error {
		if s := c.Snapshot(); s == nil || len(s.Entries()) != 1 {
			return fmt.Errorf("not read yet")
		}
		return nil
	})
}

// A MaaSModel that is not made as one is in no list, and keeps no other out of
// it: not when it is there at the start, and not when it comes.
func TestModelThatDoesNotFit(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	create(t, env, model(namespace, "good", 0))
	env.LoosenCRD(t, "maasmodels.maas.opendatahub.io")
	misfit := func(name string) *unstructured.Unstructured {
		object := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"modelRef": name},
			"status": map[string]any{"phase": "Ready", "endpoint": "http://" + name + "." + namespace + ".svc"}}}
		object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MaaSModel"))
		object.SetNamespace(namespace)
		object.SetName(name)
		return object
	}
	env.Misfit(t, misfit("early"))
	c := follow(t, env.Config, namespace)
	c.eventually(t, "good="+namespace+"/good")
	env.Misfit(t, misfit("late"))
	create(t, env, model(namespace, "later", 0))
	c.eventually(t, "good="+namespace+"/good", "later="+namespace+"/later")
	if got := c.Snapshot().Unreadable; got != 2 {
		t.Errorf("%d models are counted that cannot be read, want 2", got)
	}
}
