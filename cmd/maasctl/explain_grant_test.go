package main

import (
	"encoding/json"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const grantOfWidgets = `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: lend, namespace: llm}
spec:
  from: [{group: maas.opendatahub.io, kind: MaaSModel, namespace: team-a}]
  to: [{group: example.com, kind: Widget}]
`

// A model that is imagined in another namespace needs what a real one needs.
func TestExplainAcrossNamespaces(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"Lent.yaml": strings.Replace(spec("Lent"), "versions: [v2]", "versions: [v2], crossNamespace: Grant", 1),
	})
	const object = `apiVersion: example.com/v2
kind: Widget
metadata: {name: granite, namespace: llm}
status: {url: "https://widgets.example.com/granite", conditions: [{type: Ready, status: "True"}]}
`
	for name, test := range map[string]struct {
		args, objects string
		phase         v1alpha1.Phase
		reason        string
	}{
		"beside its backend":                  {"", object + grantOfWidgets, v1alpha1.PhaseReady, v1alpha1.ReasonReady},
		"elsewhere, without a grant":          {"-n team-a", object, v1alpha1.PhaseFailed, v1alpha1.ReasonRefNotPermitted},
		"elsewhere, with one":                 {"-n team-a", object + grantOfWidgets, v1alpha1.PhaseReady, v1alpha1.ReasonReady},
		"elsewhere, with one for another":     {"-n team-b", object + grantOfWidgets, v1alpha1.PhaseFailed, v1alpha1.ReasonRefNotPermitted},
		"elsewhere, where the controller not": {"-n team-a --cross-namespace deny", object + grantOfWidgets, v1alpha1.PhaseFailed, v1alpha1.ReasonNamespaceNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"explain", "--kinds-dir", dir, "-f", "-", "-o", "json"}, strings.Fields(test.args)...)
			got := maasctl(t, test.objects, args...)
			if got.code != cli.OK {
				t.Fatalf("exit %d: %s", got.code, got.errOut)
			}
			var e explanation
			if err := json.Unmarshal([]byte(got.out), &e); err != nil {
				t.Fatal(err)
			}
			if reason := readyOf(t, e).Reason; e.Phase != test.phase || reason != test.reason {
				t.Errorf("%s, %s; want %s, %s", e.Phase, reason, test.phase, test.reason)
			}
			if read := strings.Contains(test.args, "-n") && !strings.Contains(test.args, "deny"); read == strings.Contains(got.errOut, "ReferenceGrant") {
				t.Errorf("grants were read: %v, and said on standard error: %q", read, got.errOut)
			}
		})
	}
	got := maasctl(t, object+grantOfWidgets, "explain", "--kinds-dir", dir, "-f", "-", "-n", "team-a")
	want := "✓ crossNamespace  ReferenceGrant in llm for MaaSModels of team-a to Widget granite  \"lend\""
	if !strings.Contains(got.out, want) {
		t.Errorf("%s\nlacks the line\n%s", got.out, want)
	}
}

// On a cluster grants are read where the referent is, and before it.
func TestExplainModelAcrossNamespaces(t *testing.T) {
	env := server.Env(t)
	here, there := env.Namespace(t), env.Namespace(t)
	kubeconfig := testenv.Kubeconfig(t, env.Config)
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"Lent.yaml":   strings.Replace(spec("Lent"), "group: example.com, kind: Widget, versions: [v2]", `group: "", kind: ConfigMap, versions: [v1], crossNamespace: Grant`, 1),
		"Future.yaml": strings.Replace(spec("Future"), "group: example.com, kind: Widget, versions: [v2]", "group: apps, kind: Deployment, versions: [v9]", 1),
	})
	explains := func(model string, phase v1alpha1.Phase, reason string, args ...string) {
		t.Helper()
		args = append([]string{"explain", "--kubeconfig", kubeconfig, "--kinds-dir", dir, "-n", here, model, "-o", "json"}, args...)
		got := maasctl(t, "", args...)
		if got.code != cli.OK {
			t.Fatalf("exit %d: %s", got.code, got.errOut)
		}
		var e explanation
		if err := json.Unmarshal([]byte(got.out), &e); err != nil {
			t.Fatal(err)
		}
		if ready := readyOf(t, e); e.Phase != phase || ready.Reason != reason {
			t.Errorf("%s: %s, %s: %s; want %s, %s", model, e.Phase, ready.Reason, ready.Message, phase, reason)
		}
	}
	for name, ref := range map[string]v1alpha1.ModelReference{
		"lent": {Kind: "Lent", Name: "absent", Namespace: there}, "free": {Kind: "Service", Name: "absent", Namespace: there},
		"future": {Kind: "Future", Name: "absent"},
	} {
		model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: here, Name: name}, Spec: v1alpha1.MaaSModelSpec{ModelRef: ref}}
		if err := env.Client.Create(t.Context(), model); err != nil {
			t.Fatal(err)
		}
	}
	explains("future", v1alpha1.PhasePending, v1alpha1.ReasonVersionNotServed)
	explains("free", v1alpha1.PhasePending, v1alpha1.ReasonReferentNotFound)
	explains("free", v1alpha1.PhaseFailed, v1alpha1.ReasonRefNotPermitted, "--cross-namespace", "grant")
	explains("lent", v1alpha1.PhaseFailed, v1alpha1.ReasonRefNotPermitted)

	env.InstallCRDs(t, "../../engine/testdata/referencegrant-crd.yaml")
	defer env.UninstallCRDs(t, "referencegrants.gateway.networking.k8s.io")
	explains("lent", v1alpha1.PhaseFailed, v1alpha1.ReasonRefNotPermitted)
	grant, err := object.Read([]byte(strings.NewReplacer("llm", there, "team-a", here, "example.com", `""`, "Widget", "ConfigMap").Replace(grantOfWidgets)))
	if err != nil {
		t.Fatal(err)
	}
	env.Apply(t, grant...)
	explains("lent", v1alpha1.PhasePending, v1alpha1.ReasonReferentNotFound)
	explains("lent", v1alpha1.PhaseFailed, v1alpha1.ReasonNamespaceNotAllowed, "--cross-namespace", "deny")
}
