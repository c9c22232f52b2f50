package kind_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/catalogue"
	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// everywhere answers every query with one object, as it is or projected.
type everywhere struct {
	object    map[string]any
	projected *kind.Kind
}

func (e everywhere) Read(query kind.Query) kind.Answer {
	return kind.Answer{State: kind.AnswerRead, Objects: []*unstructured.Unstructured{e.as(query.Group, query.Kind, query.Versions[0])}}
}

func (e everywhere) as(group, kindName, version string) *unstructured.Unstructured {
	content := maps.Clone(e.object)
	if content == nil {
		content = map[string]any{}
	}
	content["kind"], content["apiVersion"] = kindName, group+"/"+version
	if group == "" {
		content["apiVersion"] = version
	}
	object := &unstructured.Unstructured{Object: content}
	if e.projected != nil {
		return kind.Project(object, e.projected)
	}
	return object
}

func (e everywhere) observe(k *kind.Kind, look func(*kind.Kind) look) kind.Observation {
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: "models", Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Name: "granite"}},
	}
	if k.NoReferent() != "" {
		return look(k)(model, nil, e, endpoint.Rules{})
	}
	r := k.Referent()
	return look(k)(model, e.as(r.Group, r.Kind, r.Versions[0]), e, endpoint.Rules{})
}

func explained(k *kind.Kind) look { return k.Explain }
func observed(k *kind.Kind) look  { return k.Observe }

// difference is cmp.Diff, which takes a hundred times as long to find that two
// observations are equal, as nearly all are.
func difference(a, b kind.Observation) string {
	if reflect.DeepEqual(a, b) {
		return ""
	}
	return cmp.Diff(a, b)
}

// holdInvariants looks at an object through a kind, whatever both of them are.
func holdInvariants(t *testing.T, k *kind.Kind, object map[string]any) {
	t.Helper()
	got := everywhere{object: object}.observe(k, explained)
	if got.Endpoint.URL != "" {
		if _, err := (endpoint.Rules{}).Parse(got.Endpoint.URL); err != nil {
			t.Errorf("%s publishes %q: %v", k.Name(), got.Endpoint.URL, err)
		}
	}
	for _, query := range got.Reads {
		if query.Name != "" && validation.IsDNS1123Subdomain(query.Name) != nil || query.Namespace != "" && validation.IsDNS1123Label(query.Namespace) != nil {
			t.Errorf("%s reads %s", k.Description(), query)
		}
	}
	projected := everywhere{object: object, projected: k}.observe(k, explained)
	if diff := difference(got, projected); diff != "" {
		t.Errorf("%s: the projection changes the observation (-whole +projected):\n%s", k.Description(), diff)
	}
	silent := got
	if silent.Trace = nil; got.Reference.State != kind.ReferenceFound {
		return // Such an observation has a step of its own.
	}
	if diff := difference(silent, everywhere{object: object}.observe(k, observed)); diff != "" {
		t.Errorf("%s: the trace changes the observation (-with +without):\n%s", k.Description(), diff)
	}
}

// Arbitrary objects do not make Observe panic, nor publish or read what may
// not be published or is no name, and the projection is all that it reads.
func FuzzObserve(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"metadata":null,"status":[]}`, `{"status":{"conditions":"x","addresses":[{"name":"gateway-external","url":{}}]}}`,
		`{"metadata":{"generation":1.5,"deletionTimestamp":7},"status":{"observedGeneration":"1","url":"http://[::1"}}`,
		`{"status":{"conditions":[{"type":"Ready","status":"True"}],"url":"http://a.example","address":{"url":1}}}`,
		`{"metadata":{"name":"a","namespace":"b"},"spec":{"parentRefs":[{"name":"gw","namespace":"../x","sectionName":"s"}],"listeners":[{"name":"s","protocol":"http://evil/?","port":1,"hostname":"a/b"}],"hostnames":["*.x",7]},"status":{"parents":[{"parentRef":{"name":"gw"},"conditions":[{"type":"Accepted","status":"True","observedGeneration":"x"}]}]}}`,
		`{"metadata":{"name":"a","namespace":"b","labels":{"team":7}},"spec":{"services":{"B":{"componentType":"frontend"},"a":[]},"serveService":{"metadata":{"name":"x@y"}}},"data":{"endpoint":"http://u:p@h"}}`,
	} {
		f.Add([]byte(seed))
	}
	kinds := append(catalogue.BuiltIn(f).Kinds(), widget(f, `  health:
    - {is: Ready, when: [{path: "$.status.a[0]['b c']", atLeast: 1}, {path: $.status.m, matches: x}]}
  endpoint:
    - {path: "$..url"}
    - {path: "$.status[?length(@.x) > 1 && (@.y == $.spec.z || @[?@.q])].url"}
    - {path: "$.status.list[1:3,'x']"}
`))
	folders, err := filepath.Glob("testdata/rows/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, folder := range folders {
		kinds = append(kinds, loadKind(f, folder))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var object map[string]any
		if json.Unmarshal(content, &object) != nil {
			return
		}
		for _, k := range kinds {
			holdInvariants(t, k, object)
		}
	})
}

// Arbitrary kind-specs are refused, or read objects like those that people write.
func FuzzKindSpec(f *testing.F) {
	parser, err := registry.NewParser()
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{"testdata/rows/*/*.yaml", "../../kinds/*/kind.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || files == nil {
			f.Fatal(pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	set := catalogue.BuiltIn(f)
	objects := hostileObjects(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		contents, err := parser.Source(registry.Source{FS: fstest.MapFS{"kind.yaml": {Data: content}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range contents.Documents {
			if document.Kind == nil {
				continue
			}
			k := set.Link(document.Kind)
			for _, object := range objects {
				holdInvariants(t, k, object)
			}
		}
	})
}

// hostileObjects have, where kinds look, what fits and what does not.
func hostileObjects(t testing.TB) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for _, text := range []string{
		`{}`, `{metadata: null, spec: [], status: 7}`,
		`{metadata: {name: a, namespace: b, generation: 2, labels: {team: 7}}, spec: {args: [--port, 9000, {}], scheme: "http://x", host: "h/..", port: 80.5, prefix: "?x",
  parentRefs: [{name: gw, sectionName: s}, {name: ../x, namespace: B}], hostnames: [a.example.com, "*.example.com", 7], parents: [{name: gw}, {}], ports: [{name: http, port: 80}, {port: x}],
  listeners: [{name: s, protocol: HTTPS, port: 443, hostname: "*.Example.com"}, {name: [], protocol: {}, port: -1, hostname: null}]},
status: {url: "http://[::1", observedGeneration: 1, address: {url: 1}, addresses: [{name: gateway-external, url: "https://a.example.com"}, {url: {}}, 7],
  conditions: [{type: Ready, status: "True", observedGeneration: 1}, {type: Accepted, status: true}, x],
  parents: [{name: a, ref: {name: gw}, parentRef: {name: gw, sectionName: s}, conditions: [{type: Accepted, status: "True", observedGeneration: 2}]}, {parentRef: x, conditions: [{type: Accepted, status: "True", observedGeneration: 1}]}],
  listeners: [{name: s, port: 443, hostname: A.example.com}, {hostname: {}}]}}`,
	} {
		objects = append(objects, referent(t, text).Object)
	}
	return objects
}
