package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// A kind that needs a parameter: its models say which one is missing, and where it
// is set; they are Ready when it is, and follow it. Those of other kinds do not mind.
func TestParameters(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	proxied := w.spec(t, "name: widget", "name: proxied",
		"aliases: [widget]", "aliases: [Behind]\n  parameters: {proxyURL: {type: URL, description: where callers reach the proxy}}",
		"path: $.status.url", `template: "{proxyURL}/{name}"`)
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	document := func(file, spec string) registry.SpecDocument {
		t.Helper()
		d, err := parser.Document("kinds", file, []byte(spec))
		if err != nil || len(d.Faults) > 0 {
			t.Fatal(err, d.Faults)
		}
		return d
	}
	documents := []registry.SpecDocument{document("kinds/proxied.yaml", proxied), document("kinds/widget.yaml", w.spec(t))}
	roster := registry.New("kinds").WithParameters(kind.NoParameters("parameters.yaml")).Next(registry.Contents{Source: "kinds", Documents: documents})
	live := kind.NewLive(roster.Set())
	set := func(url string) {
		t.Helper()
		p, err := kind.ReadParameters("parameters.yaml", []byte("apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec:\n  proxied:\n    proxyURL: "+url+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		roster = roster.WithParameters(p)
		live.Replace(roster.Set())
	}
	run(t, env, nil, in(live))
	w.apply(t, namespace, "granite", ready)
	w.apply(t, namespace, "plain", ready)
	plain := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "plain"})
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Behind", Name: "granite"})

	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown})
	says := func(reason, says string) {
		t.Helper()
		testenv.Eventually(t, patience, func() error {
			if err := refresh(t, env, model); err != nil {
				return err
			}
			if got := condition(model, v1alpha1.ConditionKindAccepted); got.Reason != reason || !strings.Contains(got.Message, says) {
				return fmt.Errorf("KindAccepted is %s %s: %s", got.Status, got.Reason, got.Message)
			}
			return nil
		})
	}
	says(v1alpha1.ReasonKindUnknown, "parameters.yaml: spec.proxied.proxyURL: the parameter proxyURL of the kind proxied is not set")
	expect(t, env, plain, standsReady)
	set("https://a.example.com")
	expect(t, env, model, stands{v1alpha1.PhaseReady, "https://a.example.com/granite", v1alpha1.ReasonReady})
	set("https://b.example.com")
	expect(t, env, model, stands{v1alpha1.PhaseReady, "https://b.example.com/granite", v1alpha1.ReasonReady})
	set("b.example.com")
	says(v1alpha1.ReasonServingPreviousRevision, "parameters.yaml:5: spec.proxied.proxyURL: is not a valid endpoint")
	expect(t, env, model, stands{v1alpha1.PhaseReady, "https://b.example.com/granite", v1alpha1.ReasonReady})
	expect(t, env, plain, standsReady)
}
