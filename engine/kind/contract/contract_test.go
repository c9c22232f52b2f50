package contract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.contract.example.com}
spec:
  group: contract.example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-preserve-unknown-fields: true
              properties:
                port: {x-kubernetes-int-or-string: true}
                template: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
            status:
              type: object
              properties:
                phase: {type: string, enum: [Up, Down]}
                hosts: {type: array, items: {type: string}}
                parts: {type: object, additionalProperties: {type: object, properties: {ready: {type: boolean}}}}
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object}}
`

func wantWidgets() map[string]*contract.FieldSchema {
	text := &contract.FieldSchema{Type: "string"}
	return map[string]*contract.FieldSchema{"v1": {Type: "object", Properties: map[string]*contract.FieldSchema{
		"spec": {Type: "object", Open: true, Properties: map[string]*contract.FieldSchema{
			"port": {IntOrString: true}, "template": {Type: "object", Open: true},
		}},
		"status": {Type: "object", Properties: map[string]*contract.FieldSchema{
			"phase": {Type: "string", Enum: []any{"Up", "Down"}},
			"hosts": {Type: "array", Items: text},
			"parts": {Type: "object", AdditionalProperties: &contract.FieldSchema{Type: "object", Properties: map[string]*contract.FieldSchema{"ready": {Type: "boolean"}}}},
		}},
	}}}
}

func TestRead(t *testing.T) {
	found, err := contract.Read("widgets.yaml", []byte(widgets))
	if err != nil {
		t.Fatal(err)
	}
	want := []contract.Contract{{
		Group: "contract.example.com", Kind: "Widget", Plural: "widgets", Scope: kind.ScopeCluster, Versions: wantWidgets(),
		Served: []string{"v1"}, Storage: "v1",
		Source: contract.ContractSource{File: "widgets.yaml", SHA256: found[0].Source.SHA256},
	}}
	if diff := cmp.Diff(want, found); diff != "" || len(found[0].Source.SHA256) != 64 {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
}

// What the Go types say of a Deployment is what a kind reads of one.
func TestBuiltIn(t *testing.T) {
	c, ok, err := contract.BuiltIn(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	status := c.Versions["v1"].Properties["status"].Properties
	got := map[string]any{
		"plural": c.Plural, "scope": c.Scope, "file": c.Source.File,
		"availableReplicas":   status["availableReplicas"].Type,
		"conditions[].type":   status["conditions"].Items.Properties["type"].Type,
		"conditions[].when":   status["conditions"].Items.Properties["lastUpdateTime"].Type,
		"maxSurge":            c.Versions["v1"].Properties["spec"].Properties["strategy"].Properties["rollingUpdate"].Properties["maxSurge"].IntOrString,
		"container port":      c.Versions["v1"].Properties["spec"].Properties["template"].Properties["spec"].Properties["containers"].Items.Properties["ports"].Items.Properties["containerPort"].Type,
		"kind is not lost":    c.Versions["v1"].Properties["kind"].Type,
		"metadata.name there": c.Versions["v1"].Properties["metadata"].Properties["name"].Type,
	}
	want := map[string]any{
		"plural": "deployments", "scope": kind.ScopeNamespaced, "file": "k8s.io/api/apps/v1.Deployment",
		"availableReplicas": "integer", "conditions[].type": "string", "conditions[].when": "string", "maxSurge": true,
		"container port": "integer", "kind is not lost": "string", "metadata.name there": "string",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Deployment (-want +got):\n%s", diff)
	}
	if _, ok, _ := contract.BuiltIn(schema.GroupKind{Group: "serving.knative.dev", Kind: "Service"}); ok {
		t.Error("a type of the same name in another group is taken for one that is built in")
	}
}

// A cluster says the same of a CRD as its file does, and of a built-in type as
// the Go types do, as far as kinds read it.
func TestCluster(t *testing.T) {
	env := testenv.Start(t)
	file := filepath.Join(t.TempDir(), "widgets.yaml")
	if err := os.WriteFile(file, []byte(widgets), 0o600); err != nil {
		t.Fatal(err)
	}
	env.InstallCRDs(t, file)
	cluster, err := contract.NewCluster(env.Config)
	if err != nil {
		t.Fatal(err)
	}
	widget, ok, err := cluster.Find(t.Context(), schema.GroupKind{Group: "contract.example.com", Kind: "Widget"})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if diff := cmp.Diff(wantWidgets(), widget.Versions); diff != "" {
		t.Errorf("Widget (-want +got):\n%s", diff)
	}
	if _, ok, err := cluster.Find(t.Context(), schema.GroupKind{Group: "example.org", Kind: "Widget"}); ok || err != nil {
		t.Errorf("a type that is not served: %t, %v", ok, err)
	}
	// Without the permission to read CRDs the OpenAPI document says what they have.
	limited := rest.CopyConfig(env.Config)
	limited.Impersonate = rest.ImpersonationConfig{UserName: "reader", Groups: []string{"system:authenticated"}}
	p := contract.Pin{Name: "x", Contracts: []contract.Contract{widget}}
	testenv.Eventually(t, 20*time.Second, func() error { // It is made in the background.
		outside, err := contract.NewCluster(limited)
		if err != nil {
			return err
		}
		found, err := outside.OfKind(t.Context(), "Widget")
		if err != nil {
			return err
		}
		if len(found) != 1 || len(p.Drifts(found)) > 0 || found[0].Storage != "" || outside.Refused() == nil || cluster.Refused() != nil {
			return fmt.Errorf("where CRDs may not be read: %v, %v, refused %v and %v", found, p.Drifts(found), outside.Refused(), cluster.Refused())
		}
		return nil
	})
	for _, groupKind := range []schema.GroupKind{{Group: "apps", Kind: "Deployment"}, {Kind: "Service"}, {Kind: "Node"}} {
		pinned, _, err := contract.BuiltIn(groupKind)
		if err != nil {
			t.Fatal(err)
		}
		now, ok, err := cluster.Find(t.Context(), groupKind)
		if err != nil || !ok {
			t.Fatal(groupKind, ok, err)
		}
		p := contract.Pin{Name: "x", Contracts: []contract.Contract{pinned}}
		for _, drift := range p.Drifts([]contract.Contract{now}) {
			t.Error(drift)
		}
	}
}
