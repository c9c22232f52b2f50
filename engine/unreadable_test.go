package engine_test

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// define changes the definition of widgets.
func (w *widgets) define(t testing.TB, edit func(*apiextensionsv1.CustomResourceDefinition)) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := w.env.Client.Get(t.Context(), client.ObjectKey{Name: "widgets." + w.group}, crd); err != nil {
			return err
		}
		edit(crd)
		return w.env.Client.Update(t.Context(), crd)
	})
}

// storeAs has widgets stored in a version, once each is written again.
func (w *widgets) storeAs(t testing.TB, version string) {
	t.Helper()
	w.define(t, func(crd *apiextensionsv1.CustomResourceDefinition) {
		for i := range crd.Spec.Versions {
			crd.Spec.Versions[i].Storage = crd.Spec.Versions[i].Name == version
		}
	})
}

// convert has what is stored in another version than it is read in converted by
// a webhook where nobody listens, or not.
func (w *widgets) convert(t testing.TB, webhook bool) {
	t.Helper()
	w.define(t, func(crd *apiextensionsv1.CustomResourceDefinition) {
		crd.Spec.Conversion = &apiextensionsv1.CustomResourceConversion{Strategy: apiextensionsv1.NoneConverter}
		if webhook {
			nobody := "https://127.0.0.1:1/convert"
			crd.Spec.Conversion = &apiextensionsv1.CustomResourceConversion{Strategy: apiextensionsv1.WebhookConverter,
				Webhook: &apiextensionsv1.WebhookConversion{ConversionReviewVersions: []string{"v1"},
					ClientConfig: &apiextensionsv1.WebhookClientConfig{URL: &nobody}}}
		}
	})
}

// impatient has client-go not repeat for ten seconds what the API server answers
// with 429, as it does while it cannot convert what it has stored.
func impatient(config *rest.Config, _ *manager.Options, _ *engine.Options) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			response, err := next.RoundTrip(request)
			if err == nil {
				response.Header.Del("Retry-After")
			}
			return response, err
		})
	})
}

// A backend that cannot be read for long may be gone, and its address another's:
// its model is withdrawn, and says why. The conversion webhook of the type is
// away, as the API server sees it, while the controller runs or before it starts.
func TestUnreadableForLong(t *testing.T) {
	t.Parallel()
	for name, restarts := range map[string]bool{"the controller runs on": false, "the controller restarts": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := server.Lend(t)
			w := newWidgets(t, env, kind.CrossNamespaceAllow)
			w.install(t)
			namespace := env.Namespace(t)
			clock := clocktesting.NewFakePassiveClock(time.Now())
			c := run(t, env, w.kinds, told(clock), impatient)
			w.storeAs(t, "v1beta1")
			gone := w.apply(t, namespace, "gone", ready)
			w.apply(t, namespace, "blind", ready)
			blind := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "blind"})
			lost := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "gone"})
			expect(t, env, blind, standsReady)
			expect(t, env, lost, stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady})

			if restarts {
				c.stop()
			}
			w.convert(t, true)
			if restarts {
				c = run(t, env, w.kinds, told(clock), impatient)
			}
			awaitLoud(t, c, "cannot watch, trying again")
			if err := refresh(t, env, blind); err != nil || standing(blind) != standsReady {
				t.Errorf("in the first minute it stands at %+v (%v): a webhook may be away for a moment", standing(blind), err)
			}
			gone.SetAPIVersion(w.group + "/v1beta1")
			w.delete(t, gone)

			passes(clock)
			for _, model := range []*v1alpha1.MaaSModel{blind, lost} {
				expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonWatchFailing})
				message := condition(model, v1alpha1.ConditionReferenceResolved).Message
				if !strings.Contains(message, "Widget."+w.group) || !strings.Contains(message, "tried again") {
					t.Errorf("message %q does not say what is waited for", message)
				}
			}

			w.convert(t, false)
			expect(t, env, blind, standsReady)
			expect(t, env, lost, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})
		})
	}
}

// passes lets the time pass that reads may fail, and more.
func passes(clock *clocktesting.FakePassiveClock) {
	clock.SetTime(clock.Now().Add(2 * time.Minute))
}

// The same goes for what is read beside the referent, and for ReferenceGrants
// where the reference needs one.
func TestRelatedUnreadableForLong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		resource string
		offer    func(testing.TB, *widgets) (*kind.Set, *v1alpha1.MaaSModel)
	}{
		"a related object": {"widgets", func(t testing.TB, w *widgets) (*kind.Set, *v1alpha1.MaaSModel) {
			namespace := w.env.Namespace(t)
			w.apply(t, namespace, "granite", ready)
			return load(t, strings.ReplaceAll(relying, "GROUP", w.group)), modelOf(t, w.env, namespace, "Relying")
		}},
		"grants": {"referencegrants", func(t testing.TB, w *widgets) (*kind.Set, *v1alpha1.MaaSModel) {
			serveGrants(t, w.env)
			here, there := w.env.Namespace(t), w.env.Namespace(t)
			w.permit(t, here, there)
			w.apply(t, there, "granite", ready)
			return w.kinds, createModel(t, w.env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: there})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := server.Lend(t)
			w := newWidgets(t, env, kind.CrossNamespaceGrant)
			w.install(t)
			kinds, model := test.offer(t, w)
			failing, clock := &atomic.Bool{}, clocktesting.NewFakePassiveClock(time.Now())
			c := run(t, env, kinds, told(clock))
			expect(t, env, model, standsReady)
			c.stop()
			failing.Store(true)
			c = run(t, env, kinds, told(clock), broken(failing, test.resource))
			awaitLoud(t, c, "cannot watch, trying again")
			passes(clock)
			expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonWatchFailing})
			failing.Store(false)
			expect(t, env, model, standsReady)
		})
	}
}

// Where the API server fails to read anything, nothing is known about any
// backend, however long that lasts: what is stored stays.
func TestNothingCanBeRead(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	failing, clock := &atomic.Bool{}, clocktesting.NewFakePassiveClock(time.Now())
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	c := run(t, env, w.kinds, told(clock))
	expect(t, env, model, standsReady)
	c.stop()

	// The engine's own watch on MaaSModels has begun when theirs fail.
	var failed atomic.Int32
	models := &atomic.Bool{}
	failing.Store(true)
	c = run(t, env, w.kinds, told(clock), broken(failing), broken(models, "maasmodels"), func(config *rest.Config, _ *manager.Options, _ *engine.Options) {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(request *http.Request) (*http.Response, error) {
				if models.Load() && path.Base(request.URL.Path) == "maasmodels" {
					failed.Add(1)
				}
				return next.RoundTrip(request)
			})
		})
	})
	awaitLoud(t, c, "cannot watch, trying again")
	models.Store(true)
	for want := range int32(2) {
		passes(clock)
		testenv.Eventually(t, patience, func() error {
			if got := failed.Load(); got <= want {
				return fmt.Errorf("asked %d times for MaaSModels, want more than %d", got, want)
			}
			return nil
		})
	}
	if err := refresh(t, env, model); err != nil || standing(model) != standsReady {
		t.Errorf("it stands at %+v (%v)", standing(model), err)
	}
	models.Store(false)
	passes(clock)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonWatchFailing})
}

// An API server of its own that says nothing of the type, to a controller that
// has never heard anything else, is as bad after a while.
func TestUnansweredForLong(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	namespace := env.Namespace(t)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	w.unavailable(t, namespace)
	model.Status.Phase, model.Status.Endpoint = v1alpha1.PhaseReady, standsReady.Endpoint
	if err := env.Client.Status().Update(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	stored := model.ResourceVersion
	clock := clocktesting.NewFakePassiveClock(time.Now())
	c := run(t, env, w.kinds, told(clock))
	awaitLoud(t, c, "cannot ask the API server what it serves, trying again")
	if err := refresh(t, env, model); err != nil || model.ResourceVersion != stored {
		t.Errorf("in the first minute it was written (%v): %+v", err, standing(model))
	}
	passes(clock)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonWatchFailing})
}

// awaitLoud waits until a controller has said something that is wrong.
func awaitLoud(t testing.TB, c *controller, what string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		for _, line := range c.log.loud() {
			if strings.Contains(line, what) {
				return nil
			}
		}
		return fmt.Errorf("%q is not logged yet", what)
	})
}
