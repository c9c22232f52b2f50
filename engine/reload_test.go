package engine_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// in is a setting: the kinds that a test replaces.
func in(live *kind.Live) setting {
	return func(_ *rest.Config, _ *manager.Options, o *engine.Options) { o.Kinds = live }
}

// spec is the widget kind with some of its text replaced.
func (w *widgets) spec(t testing.TB, changes ...string) string {
	t.Helper()
	if w.crossNamespace == kind.CrossNamespaceAllow { // A kind says what is stricter, and nothing else.
		changes = append(changes, "    crossNamespace: CROSS\n", "")
	}
	changes = append(changes, "GROUP", w.group, "CROSS", string(w.crossNamespace))
	return strings.NewReplacer(changes...).Replace(read(t, "testdata/widget-kind.yaml"))
}

// resolved counts what the engine has decided so far.
func resolved(t testing.TB, c *controller) float64 {
	t.Helper()
	count, err := counted(t, c.registry, "maas_reconciles_total", map[string]string{"outcome": "ok"})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// Every way in which a set of kinds can change, and what a model of the kind
// concerned says afterwards.
func TestKindChanges(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	stays := w.spec(t, "name: widget", "name: stays", "[widget]", "[]", "Widget", "Gadget")
	live := kind.NewLive(load(t, stays))
	c := run(t, env, nil, in(live))
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.example.com", "other": "http://other.example.com"})
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "widget", Name: "granite"})
	unknown := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown}
	for _, step := range []struct {
		why   string
		specs []string
		want  stands
	}{
		{"a model that came before its kind is known", nil, unknown},
		{"the kind comes", []string{w.spec(t)}, standsReady},
		{"other health rules, the same fields", []string{w.spec(t, "equals: Ready", "equals: Splendid")},
			stands{v1alpha1.PhaseUnhealthy, "http://granite.example.com", v1alpha1.ReasonBackendProgressing}},
		{"a field that was not read before", []string{w.spec(t, "$.status.url", "$.status.other")},
			stands{v1alpha1.PhaseReady, "http://other.example.com", v1alpha1.ReasonReady}},
		{"the alias that the model uses goes", []string{w.spec(t, "[widget]", "[wodget]")}, unknown},
		{"another kind of the same name as the alias", []string{w.spec(t, "[widget]", "[]"), w.spec(t, "spec:\n", "spec:\n  name: widget\n", "[widget]", "[]")}, standsReady},
		{"a version that is not served", []string{w.spec(t, "[v1, v1beta1]", "[v3]")},
			stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonVersionNotServed}},
		{"the kind goes", nil, unknown},
		{"and comes again", []string{w.spec(t)}, standsReady},
	} {
		t.Log(step.why)
		live.Replace(load(t, append(step.specs, stays)...))
		expect(t, env, model, step.want)
	}
	live.Replace(load(t, stays))
	expect(t, env, model, unknown)
	testenv.Eventually(t, patience, func() error {
		if _, err := counted(t, c.registry, "maas_referent_watch", map[string]string{"kind": "Widget"}); err == nil {
			return fmt.Errorf("the type of a kind that is gone is still watched")
		}
		return nil
	})
	for _, line := range c.log.loud() {
		t.Errorf("logged: %s", line)
	}
}

// Kinds that read one type share its watch, and the models of those that stay
// as they are notice nothing of a change of another.
func TestKindChangesAlone(t *testing.T) {
	t.Parallel()
	const others = 20
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	other := w.spec(t, "name: widget", "name: other", "[widget]", "[Other]")
	live := kind.NewLive(load(t, other, w.spec(t)))
	c := run(t, env, nil, in(live))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	w.apply(t, namespace, "granite", ready)
	expect(t, env, model, standsReady)
	bystanders := map[string]string{}
	for i := range others {
		name := fmt.Sprintf("other-%d", i)
		w.apply(t, namespace, name, ready)
		bystander := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Other", Name: name})
		expect(t, env, bystander, standsReady)
		bystanders[name] = bystander.ResourceVersion
	}

	before := resolved(t, c)
	live.Replace(load(t, other, w.spec(t, "equals: Ready", "equals: Splendid")))
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "http://granite.example.com", v1alpha1.ReasonBackendProgressing})
	if after := resolved(t, c); after-before >= others {
		t.Errorf("%v models were resolved for a change that concerns 1 of %d", after-before, others+1)
	}
	live.Replace(load(t, other))
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown})
	w.apply(t, namespace, "granite", facts{"verdict": "Broken"})
	for _, name := range slices.Sorted(maps.Keys(bystanders)) {
		bystander := &v1alpha1.MaaSModel{}
		bystander.Namespace, bystander.Name = namespace, name
		if err := refresh(t, env, bystander); err != nil || bystander.ResourceVersion != bystanders[name] {
			t.Errorf("%s was written, %s → %s (%v)", name, bystanders[name], bystander.ResourceVersion, err)
		}
	}
}

// Kinds that come and go hundreds of times leave nothing behind: no goroutine, no
// watch, no series, no memory.
func TestKindsComeAndGo(t *testing.T) {
	const cycles, settled = 250, 50
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	stays := w.spec(t, "name: widget", "name: stays", "[widget]", "[]", "Widget", "Gadget")
	none := load(t, stays)
	live := kind.NewLive(none)
	asked, ended := make(chan struct{}, cycles), make(chan struct{}, cycles)
	c := run(t, env, nil, in(live), func(config *rest.Config, _ *manager.Options, _ *engine.Options) {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return tap(func(request *http.Request) (*http.Response, error) {
				if strings.HasSuffix(request.URL.Path, "/widgets") && request.URL.Query().Has("watch") {
					asked <- struct{}{}
					context.AfterFunc(request.Context(), func() { ended <- struct{}{} })
				}
				return next.RoundTrip(request)
			})
		})
	})
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "widget", Name: "granite"})

	var goroutines int
	var heap, series uint64
	for cycle := range cycles {
		// A name of its own each time: what is kept by name would grow.
		live.Replace(load(t, stays, w.spec(t, "name: widget", fmt.Sprintf("name: widget%d", cycle))))
		<-asked
		if cycle%25 == 0 {
			expect(t, env, model, standsReady)
		}
		live.Replace(none)
		<-ended
		if cycle%25 == 0 {
			expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown})
		}
		if cycle == settled {
			goroutines, heap, series = quiet(t, c, 0)
		}
	}
	nowRunning, nowHeap, nowSeries := quiet(t, c, goroutines)
	t.Logf("after %d cycles %d watching goroutines, %d KiB, %d series; after %d %d, %d KiB, %d",
		settled, goroutines, heap>>10, series, cycles, nowRunning, nowHeap>>10, nowSeries)
	// Of what the heap holds some is this test's own log.
	const slack = 1 << 20
	if nowRunning > goroutines || nowHeap > heap+slack || nowSeries > series {
		t.Errorf("%d cycles more have left something behind", cycles-settled)
	}
}

// tap is a http.RoundTripper.
type tap func(*http.Request) (*http.Response, error)

// RoundTrip is part of http.RoundTripper.
func (f tap) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// quiet waits until no more goroutines watch than should (any number for 0), and
// measures. The series are those that name a widget kind.
func quiet(t testing.TB, c *controller, most int) (goroutines int, heap, series uint64) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		now := watching(t)
		was := goroutines
		goroutines = now
		if most > 0 && now > most || most == 0 && now != was {
			return fmt.Errorf("%d goroutines watch", now)
		}
		return nil
	})
	families, err := c.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if strings.HasPrefix(pair.GetValue(), "widget") {
					series++
				}
			}
		}
	}
	return goroutines, heapInUse(), series
}

// heapInUse is what is left after the garbage is gone, in bytes.
func heapInUse() uint64 {
	// What has a finalizer goes in the second round.
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
