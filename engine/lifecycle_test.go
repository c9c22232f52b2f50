package engine_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

var ready = facts{"verdict": "Ready", "url": "http://granite.example.com"}

var standsReady = stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady}

// A type that is installed after the start, deleted and installed again, each
// time without a restart, a log line of alarm or a goroutine left behind.
func TestReferentTypeComesAndGoes(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)

	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonCRDNotInstalled})
	idle := 0
	for round := range 2 {
		w.install(t)
		w.apply(t, namespace, "granite", ready)
		expect(t, env, model, standsReady)
		if want := fmt.Sprintf("%s/v1 Widget", w.group); referentType(model) != want {
			t.Errorf("status.referent is a %s, want %s", referentType(model), want)
		}
		w.uninstall(t)
		expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonCRDNotInstalled})
		if round == 0 {
			idle = watching(t)
		}
		testenv.Eventually(t, patience, func() error {
			if now := watching(t); now > idle {
				return fmt.Errorf("%d goroutines watch after round %d, %d did after the first", now, round, idle)
			}
			return nil
		})
	}
	for _, line := range c.log.loud() {
		t.Errorf("logged: %s", line)
	}
}

func referentType(model *v1alpha1.MaaSModel) string {
	ref := model.Status.Referent
	if ref == nil {
		return "nothing"
	}
	return ref.Group + "/" + ref.Version + " " + ref.Kind
}

// watching counts the goroutines that belong to referent watches.
func watching(t testing.TB) int {
	t.Helper()
	return goroutines(t, "engine/referent")
}

// The first of the kind's versions that is served is read, whichever it is.
func TestVersionMoves(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, w.kinds)

	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "widget", Name: "granite"})
	for _, step := range []struct {
		why          string
		serve        []string
		want         stands
		wantReferent string
	}{
		{"the preferred version", []string{"v1", "v1beta1"}, standsReady, w.group + "/v1 Widget"},
		{"the preferred version goes", []string{"v1beta1", "v2"}, standsReady, w.group + "/v1beta1 Widget"},
		{"no version that the kind reads", []string{"v2"}, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonVersionNotServed}, "nothing"},
		{"the preferred version is back", []string{"v1", "v2"}, standsReady, w.group + "/v1 Widget"},
	} {
		w.serve(t, step.serve...)
		expect(t, env, model, step.want)
		testenv.Eventually(t, patience, func() error {
			if err := refresh(t, env, model); err != nil {
				return err
			}
			if got := referentType(model); got != step.wantReferent {
				return fmt.Errorf("%s: status.referent is a %s, want %s", step.why, got, step.wantReferent)
			}
			return nil
		})
	}
}

// serve sets which versions the widget CRD serves.
func (w *widgets) serve(t testing.TB, versions ...string) {
	t.Helper()
	w.env.ServeVersions(t, "widgets."+w.group, versions...)
}

// Types without a CustomResourceDefinition are known by discovery.
func TestBuiltInReferent(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	of := func(name, group, kindName string, changes ...string) string {
		w := &widgets{group: group, crossNamespace: kind.CrossNamespaceDeny}
		return w.spec(t, append(changes, "name: widget", "name: "+name, "[widget]", "[]", "Widget", kindName)...)
	}
	kinds := load(t, of("configmap", `""`, "ConfigMap"), of("absent", "absent.example.com", "Absent"),
		of("deployment", "apps", "Deployment", "[v1, v1beta1]", "[v1beta7]"))
	namespace := env.Namespace(t)
	run(t, env, kinds)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "ConfigMap", Name: "missing"})
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound})
	absent := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Absent", Name: "absent"})
	expect(t, env, absent, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonCRDNotInstalled})
	old := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Deployment", Name: "old"})
	expect(t, env, old, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonVersionNotServed})
}

// A controller that stops leaves nothing running, and the one after it starts
// from what is stored.
func TestRestart(t *testing.T) {
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	before := goleak.IgnoreCurrent()
	c := run(t, env, w.kinds)
	widget := w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)
	c.stop()
	// Connections outlive their client: client-go shares them in a process.
	if err := goleak.Find(before, goleak.IgnoreAnyFunction("net/http.(*http2ClientConn).readLoop"),
		goleak.IgnoreAnyFunction("golang.org/x/net/http2.(*clientConnReadLoop).run")); err != nil {
		t.Error(err)
	}

	stored := model.ResourceVersion
	c = run(t, env, w.kinds)
	testenv.Eventually(t, patience, func() error {
		_, err := counted(t, c.registry, "maas_status_writes_total", map[string]string{"outcome": "unchanged"})
		return err
	})
	if err := refresh(t, env, model); err != nil || model.ResourceVersion != stored {
		t.Errorf("after a restart resourceVersion %s (%v), want %s: nothing has changed", model.ResourceVersion, err, stored)
	}
	c.stop()
	w.delete(t, widget)
	run(t, env, w.kinds)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})
}

// A referent without a namespace is found by its name alone.
func TestClusterScopedReferent(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.scope = "Cluster"
	w.install(t)
	run(t, env, w.kinds)
	model := createModel(t, env, env.Namespace(t), v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound})
	widget := w.apply(t, "", "granite", ready)
	expect(t, env, model, standsReady)
	if got := model.Status.Referent.Namespace; got != "" {
		t.Errorf("status.referent.namespace is %q, want none", got)
	}
	w.delete(t, widget)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})
}
