package crd_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/registry"

	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/kinds"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// The API server takes the CRD made for every kind of the catalogue, and keeps
// objects of it whole: what the kind reads and what it does not.
func TestMinimal(t *testing.T) {
	set, err := registry.Load(registry.Source{FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	env := server.Env(t)
	for _, k := range set.Kinds() {
		if k.NoReferent() != "" || clientgoscheme.Scheme.IsGroupRegistered(k.Referent().Group) {
			continue // nothing to install
		}
		t.Run(k.Name(), func(t *testing.T) {
			if err := crd.Install(t.Context(), env.Config, crd.Minimal(k.Referent(), k)); err != nil {
				t.Fatal(err)
			}
			referent := k.Referent()
			namespace := env.Namespace(t)
			objects, err := object.Read([]byte(strings.NewReplacer(
				"VERSION", referent.Group+"/"+referent.Versions[0], "KIND", referent.Kind, "NAMESPACE", namespace,
			).Replace(`{apiVersion: VERSION, kind: KIND, metadata: {name: a, namespace: NAMESPACE},
  spec: {model: {name: m, uri: u}, other: [1]},
  status: {observedGeneration: 1, url: "http://a", addresses: [{name: x, url: y, more: z}], modelStatus: {copies: {totalCopies: 1}}}}`)))
			if err != nil {
				t.Fatal(err)
			}
			env.Apply(t, objects...)
			got := &unstructured.Unstructured{}
			got.SetGroupVersionKind(objects[0].GroupVersionKind())
			if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(objects[0]), got); err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"spec", "status"} {
				if diff := cmp.Diff(objects[0].Object[part], got.Object[part]); diff != "" {
					t.Errorf("%s (-applied +stored):\n%s", part, diff)
				}
			}
		})
	}
}
