package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const leaflet = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: leaflet}
spec:
  description: a backend that is a ConfigMap
  referent: {group: "", kind: ConfigMap, versions: [v1], crossNamespace: Deny}
  health:
    - is: Ready
      when: [{path: $.data.ready, equals: "yes"}]
  noFailure: a ConfigMap cannot say that it has failed
  endpoint:
    - path: $.data.url
`

// A kind that is in no repository is dropped into the directory of a running
// program, breaks, is mended and goes; then it comes again with a
// parameter, and as a ModelKind.
func TestKindsDirIsFollowed(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	backend := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "granite"},
		Data: map[string]string{"ready": "yes", "url": "http://granite.example.com", "other": "http://other.example.com"}}
	model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "granite"},
		Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "leaflet", Name: "granite"}}}
	for _, object := range []client.Object{backend, model} {
		if err := env.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "leaflet.yaml")
	drop := func(spec string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(spec), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(reason, endpoint string) {
		t.Helper()
		testenv.Eventually(t, patience, func() error {
			if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
				return err
			}
			accepted := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionKindAccepted)
			if accepted == nil || accepted.Reason != reason || model.Status.Endpoint != endpoint {
				return fmt.Errorf("endpoint %q, KindAccepted %+v", model.Status.Endpoint, accepted)
			}
			return nil
		})
	}
	drop("kind: [")
	parameters := filepath.Join(t.TempDir(), "parameters.yaml")
	p := start(t, env.Config, "--kinds-dir", dir, "--parameters", parameters)
	expect(v1alpha1.ReasonKindUnknown, "")
	drop(leaflet)
	expect(v1alpha1.ReasonAccepted, "http://granite.example.com")
	drop(strings.Replace(leaflet, "is: Ready", "is: Redy", 1))
	expect(v1alpha1.ReasonServingPreviousRevision, "http://granite.example.com")
	drop(strings.Replace(leaflet, "$.data.url", "$.data.other", 1))
	expect(v1alpha1.ReasonAccepted, "http://other.example.com")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	expect(v1alpha1.ReasonKindUnknown, "")

	drop(strings.NewReplacer("  referent:", "  parameters: {proxyURL: {type: URL, description: where the proxy is}}\n  referent:",
		"path: $.data.url", `template: "{proxyURL}/{name}"`).Replace(leaflet))
	expect(v1alpha1.ReasonKindUnknown, "")
	set := "apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec: {leaflet: {proxyURL: https://proxy.example.com}}\n"
	if err := os.WriteFile(parameters, []byte(set), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(v1alpha1.ReasonAccepted, "https://proxy.example.com/granite")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	expect(v1alpha1.ReasonKindUnknown, "")

	resource := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(leaflet), &resource.Object); err != nil {
		t.Fatal(err)
	}
	if err := env.Client.Create(t.Context(), resource.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	expect(v1alpha1.ReasonAccepted, "http://granite.example.com")
	if err := env.Client.Delete(t.Context(), resource); err != nil {
		t.Fatal(err)
	}
	expect(v1alpha1.ReasonKindUnknown, "")
	p.stop(t)
}
