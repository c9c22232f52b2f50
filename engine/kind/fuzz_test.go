package kind_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func (e everywhere) observe(k *kind.Kind) kind.Observation {
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: "models", Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Name: "granite"}},
	}
	if k.NoReferent() != "" {
		return k.Explain(model, nil, e, endpoint.Rules{})
	}
	r := k.Referent()
	return k.Explain(model, e.as(r.Group, r.Kind, r.Versions[0]), e, endpoint.Rules{})
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
	kinds := append(builtIn(f).Kinds(), widget(f, `  health:
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
			got := everywhere{object: object}.observe(k)
			if got.Endpoint.URL != "" {
				if _, err := (endpoint.Rules{}).Parse(got.Endpoint.URL); err != nil {
					t.Errorf("%s publishes %q: %v", k.Name(), got.Endpoint.URL, err)
				}
			}
			for _, query := range got.Reads {
				if query.Name != "" && validation.IsDNS1123Subdomain(query.Name) != nil || validation.IsDNS1123Label(query.Namespace) != nil {
					t.Errorf("%s reads %s", k.Description(), query)
				}
			}
			projected := everywhere{object: object, projected: k}.observe(k)
			if diff := cmp.Diff(got, projected); diff != "" {
				t.Errorf("%s: the projection changes the observation (-whole +projected):\n%s", k.Description(), diff)
			}
		}
	})
}
