package endtoend_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/live"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// play is a Ready case of a kind in the cluster, in namespaces of its own.
type play struct {
	kind, title string
	// outside is set where the endpoint is at no Service's name.
	outside bool
	// shown is set where the kind has every caller see its models.
	shown bool
	// token is what the backend lets in.
	token   string
	objects []*unstructured.Unstructured
	model   *v1alpha1.MaaSModel
}

// playsOf a kind are the first Ready case of each scheme at the name of a Service,
// and the first at another host. A kind whose backends are all at other hosts gets
// one whose MaaSModel names a Service that leads there.
func playsOf(t *testing.T, machine *phase.Machine, folder *cases.Folder) []*play {
	t.Helper()
	chosen := map[string]cases.Case{}
	var order []string
	choose := func(title string, c cases.Case) {
		if _, ok := chosen[title]; !ok {
			chosen[title], order = c, append(order, title)
		}
	}
	for _, c := range folder.Cases {
		if c.OwnParameters {
			continue
		}
		c.Previous = "" // it is new there
		evaluated, err := c.Evaluate(t.Context(), machine, folder.Kind)
		if err != nil {
			t.Fatal(err)
		}
		endpoint, err := url.Parse(evaluated.Settled.Status.Endpoint)
		switch {
		case err != nil:
			t.Fatal(err)
		case evaluated.Settled.Status.Phase != v1alpha1.PhaseReady:
		case inside(endpoint.Hostname()):
			choose(endpoint.Scheme, c)
		default:
			choose("outside", c)
		}
	}
	if c, ok := chosen["outside"]; ok && len(chosen) == 1 {
		c.Override = fmt.Sprintf("http://gateway.%s.svc", strings.ToLower(folder.Kind.Name()))
		choose("override", c)
	}
	var plays []*play
	for _, title := range order {
		plays = append(plays, newPlay(folder, title, chosen[title]))
	}
	return plays
}

func newPlay(folder *cases.Folder, title string, c cases.Case) *play {
	name := strings.ToLower(folder.Kind.Name()) + "-" + title
	p := &play{kind: folder.Kind.Name(), title: title, outside: title == "outside", token: name,
		shown: folder.Kind.Probe().Policy == "Never"}
	var all []*unstructured.Unstructured
	if c.Referent != nil {
		all = append(all, c.Referent)
	}
	namespaces := map[string]string{}
	for _, o := range append(all, c.Related...) {
		if o.GetNamespace() != "" {
			namespaces[o.GetNamespace()] = name + "-" + o.GetNamespace()
		}
	}
	ref := v1alpha1.ModelReference{Kind: folder.Kind.Name(), Name: "any"}
	namespace := name + "-models"
	for i, o := range append(all, c.Related...) {
		moved := live.Move(o, namespaces)
		letNodePorts(moved.Object)
		if kind.IsMaaSModel(moved.GroupVersionKind().GroupKind()) {
			delete(moved.Object, "status") // which nobody but the controller may write
		}
		p.objects = append(p.objects, moved)
		if i == 0 && c.Referent != nil {
			ref.Name, namespace = moved.GetName(), moved.GetNamespace()
		}
	}
	p.model = &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec: v1alpha1.MaaSModelSpec{ModelRef: ref, EndpointOverride: c.Override}}
	return p
}

// letNodePorts lets the API server choose node ports.
func letNodePorts(value any) {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "nodePort")
		for _, child := range v {
			letNodePorts(child)
		}
	case []any:
		for _, child := range v {
			letNodePorts(child)
		}
	}
}

// put puts the objects and the model into the cluster.
func (p *play) put(t *testing.T, env *testenv.Env) {
	t.Helper()
	for _, o := range p.objects {
		if err := live.Store(t.Context(), env.Client, o); err != nil {
			t.Fatalf("%s: the API server refuses an object of a case: %v", p.token, err)
		}
	}
	namespace := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": p.model.Namespace}}}
	env.Apply(t, namespace)
	if err := env.Client.Create(t.Context(), p.model); err != nil {
		t.Fatal(err)
	}
}
