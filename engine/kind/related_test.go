package kind_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/kind"
)

// answering gives every query the same answer, and remembers what was asked.
type answering struct {
	answer kind.Answer
	asked  []string
}

func (a *answering) Read(query kind.Query) kind.Answer {
	a.asked = append(a.asked, query.String())
	return a.answer
}

// What cannot be read is no error: it is missing, or refuses the reference.
func TestUnreadableRelated(t *testing.T) {
	k := loadKind(t, "testdata/rows/R20-outside-spec")
	object := referent(t, "{apiVersion: kaito.sh/v1beta1, kind: Workspace, metadata: {name: granite, namespace: llm}, inference: {preset: {name: phi}}}")
	for name, test := range map[string]struct {
		answer    kind.Answer
		reference kind.ReferenceState
		reason    string
		health    kind.HealthState
		message   string
	}{
		"not served": {kind.Answer{State: kind.AnswerNotServed}, kind.ReferenceFound, v1alpha1.ReasonResolved, kind.HealthProgressing,
			"Service llm/granite cannot exist: the API server does not serve Service in v1"},
		"not served, and why": {kind.Answer{State: kind.AnswerNotServed, Message: "install the CRD"}, kind.ReferenceFound, v1alpha1.ReasonResolved, kind.HealthProgressing,
			"Service llm/granite cannot exist: install the CRD"},
		"absent": {kind.Answer{State: kind.AnswerRead}, kind.ReferenceFound, v1alpha1.ReasonResolved, kind.HealthProgressing,
			"Service llm/granite does not exist"},
		"forbidden": {kind.Answer{State: kind.AnswerForbidden, Message: "the controller may not list services"}, kind.ReferenceRefused, v1alpha1.ReasonForbidden, "",
			"Service llm/granite may not be read: the controller may not list services; grant the controller get, list and watch on it"},
	} {
		t.Run(name, func(t *testing.T) {
			reader := &answering{answer: test.answer}
			got := k.Observe(&v1alpha1.MaaSModel{}, object, reader, endpoint.Rules{})
			if got.Reference.State != test.reference || got.Reference.Reason != test.reason || got.Health.State != test.health {
				t.Errorf("got %+v, health %+v", got.Reference, got.Health)
			}
			message := got.Health.Message
			if got.Reference.State == kind.ReferenceRefused {
				message = got.Reference.Message
			}
			if message != test.message {
				t.Errorf("got message %q, want %q", message, test.message)
			}
			var reads []string
			for _, query := range got.Reads {
				reads = append(reads, query.String())
			}
			if diff := cmp.Diff(slices.Compact(reader.asked), reads); diff != "" {
				t.Errorf("what is to be watched is not what was asked (-asked +reads):\n%s", diff)
			}
		})
	}
}

// A value that becomes a name, a namespace or a label has to be one.
func TestHostileNames(t *testing.T) {
	const spec = `  subjects:
    - {as: service, object: {group: "", kind: Service, versions: [v1], name: [{path: $.spec.service}], namespace: [{path: $.spec.namespace}]}}
    - {as: pods, object: {group: "", kind: Pod, versions: [v1], labels: {app: "{app}"}}}
  values:
    app: [{path: $.spec.app}]
  health:
    - {is: Ready, when: [{of: service, path: $, exists: true}, {of: pods, match: Any, path: $, exists: true}]}
  endpoint: [{path: $.status.url}]
`
	k := widget(t, spec)
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"all are names":            {"{service: a, namespace: b, app: C_d}", []string{"Service b/a", "Pod in llm with app=C_d"}},
		"a path":                   {"{service: ../../secrets/x, namespace: b, app: a/b}", nil},
		"another namespace's path": {"{service: a, namespace: kube-system/x, app: 'a,b'}", nil},
		"a dot":                    {"{service: ., namespace: a.b, app: ' '}", nil},
		"far too long":             {"{service: " + strings.Repeat("a", 300) + ", namespace: b, app: " + strings.Repeat("a", 64) + "}", nil},
		"numbers are text":         {"{service: 7, namespace: 8, app: 9}", []string{"Service 8/7", "Pod in llm with app=9"}},
		"objects are not":          {"{service: {a: b}, namespace: [b], app: {}}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			object := referent(t, "{"+identity+", metadata: {name: a, namespace: llm}, spec: "+test.spec+"}")
			var got []string
			for _, query := range k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}).Reads {
				got = append(got, query.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
		})
	}
}

// What is kept of a related object is what is read of it, and the labels by
// which it is selected.
func TestProjectRelated(t *testing.T) {
	k := loadKind(t, "testdata/rows/R06-related")
	deployment := referent(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: llm, generation: 1, labels: {model.ollama.ayaka.io: phi, x: y}, annotations: {a: b}},
  spec: {replicas: 1}, status: {observedGeneration: 1, readyReplicas: 1, replicas: 1, conditions: [{type: Available, status: "True", lastUpdateTime: now}, {type: Progressing, status: "True"}]}}`)
	want := referent(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: llm, generation: 1, labels: {model.ollama.ayaka.io: phi}},
  status: {observedGeneration: 1, readyReplicas: 1, conditions: [{type: Available, status: "True"}]}}`)
	if diff := cmp.Diff(want.Object, kind.Project(deployment, k).Object); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	fields := k.FieldsOf(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	wantFields := [][]string{{"metadata", "generation"}, {"metadata", "labels", "model.ollama.ayaka.io"}, {"status", "conditions"}, {"status", "observedGeneration"}, {"status", "readyReplicas"}}
	if diff := cmp.Diff(wantFields, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if other := k.FieldsOf(schema.GroupKind{Group: "other", Kind: "Deployment"}); other != nil {
		t.Errorf("a type of another group is read: %v", other)
	}
}

// Existence alone keeps nothing of an object but its identity.
func TestProjectPresence(t *testing.T) {
	k := loadKind(t, "testdata/rows/R20-outside-spec")
	service := referent(t, "{apiVersion: v1, kind: Service, metadata: {name: granite, namespace: llm, labels: {a: b}}, spec: {ports: [{port: 1}]}}")
	want := referent(t, "{apiVersion: v1, kind: Service, metadata: {name: granite, namespace: llm}}")
	if diff := cmp.Diff(want.Object, kind.Project(service, k).Object); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRelatedTypes(t *testing.T) {
	got := loadKind(t, "testdata/rows/R06-related").Related()
	referent := kind.Referent{Versions: []string{"v1"}, Scope: kind.ScopeNamespaced, CrossNamespace: kind.CrossNamespaceDeny}
	deployment, service := referent, referent
	deployment.Group, deployment.Kind = "apps", "Deployment"
	service.Kind = "Service"
	want := []kind.Related{{As: "deployment", Referent: deployment, BySelector: true}, {As: "service", Referent: service, BySelector: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestQueryMatches(t *testing.T) {
	object := referent(t, "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: b, labels: {x: v, z: ''}}}")
	for name, test := range map[string]struct {
		query kind.Query
		want  bool
	}{
		"by name":                  {kind.Query{Namespace: "b", Name: "a"}, true},
		"another name":             {kind.Query{Namespace: "b", Name: "c"}, false},
		"another namespace":        {kind.Query{Namespace: "c", Name: "a"}, false},
		"by labels":                {kind.Query{Namespace: "b", Labels: map[string]string{"x": "v"}}, true},
		"a label without a value":  {kind.Query{Namespace: "b", Labels: map[string]string{"z": ""}}, true},
		"absent is not empty":      {kind.Query{Namespace: "b", Labels: map[string]string{"w": ""}}, false},
		"all labels have to match": {kind.Query{Namespace: "b", Labels: map[string]string{"x": "v", "z": "w"}}, false},
		"nothing asks for nothing": {kind.Query{Namespace: "b"}, false},
	} {
		if got := test.query.Matches(object); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

// The trace of a chain says what was found where, and what was asked for.
func TestRelatedTrace(t *testing.T) {
	folder := "testdata/rows/R07-chain"
	cases := rowCases(t, folder)
	k := loadKind(t, folder)
	observation := cases[0].observe(k, k.Explain, func(o *unstructured.Unstructured) *unstructured.Unstructured { return o })
	got, err := json.MarshalIndent(observation.Trace, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/chain.trace.json", string(got)+"\n")
	if !slices.ContainsFunc(observation.Trace, func(s kind.Step) bool { return s.Stage == "subjects" && s.Matched }) {
		t.Error("the trace does not say what was read")
	}
}
