package kind_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// pods of an application, named so that the first ones by name come last.
func pods(n int, change func(i int, object *unstructured.Unstructured)) []*unstructured.Unstructured {
	all := make([]*unstructured.Unstructured, n)
	for i := range all {
		all[i] = &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Pod",
			"metadata": map[string]any{"name": fmt.Sprintf("pod-%05d", n-1-i), "namespace": "llm", "labels": map[string]any{"app": "granite"}},
			"status":   map[string]any{"up": "yes"},
		}}
		if change != nil {
			change(n-1-i, all[i])
		}
	}
	return all
}

// A tenant may label any number of Pods. A few of them are read, the same ones
// each time, and the message says that there are more.
func TestSelectedAreBounded(t *testing.T) {
	const most = 8 << 20
	const cut = " (of Pod pods only the first 64 by name are looked at)"
	k := widget(t, `  subjects:
    - {as: pods, object: {group: "", kind: Pod, versions: [v1], labels: {app: granite}}}
  health:
    - {is: Ready, when: [{of: pods, match: All, path: $.status.up, equals: "yes"}]}
  endpoint: [{path: $.status.url}]
`)
	deleted := func(object *unstructured.Unstructured) {
		now := metav1.Now()
		object.SetDeletionTimestamp(&now)
	}
	down := func(object *unstructured.Unstructured) { object.Object["status"] = map[string]any{"up": "no"} }
	for name, test := range map[string]struct {
		pods  []*unstructured.Unstructured
		state kind.HealthState
		cut   bool
		first string
		note  string
	}{
		"as many as are looked at": {pods: pods(64, nil), state: kind.HealthReady, first: "pod-00000"},
		"one more": {pods: pods(65, nil), state: kind.HealthReady, cut: true, first: "pod-00000",
			note: "65 match, and only the first 64 by name are looked at"},
		"ten thousand": {pods: pods(10_000, nil), state: kind.HealthReady, cut: true, first: "pod-00000",
			note: "10000 match, and only the first 64 by name are looked at"},
		"ten thousand, and the last is down": {pods: pods(10_000, func(i int, object *unstructured.Unstructured) {
			if i == 9999 {
				down(object)
			}
		}), state: kind.HealthReady, cut: true, first: "pod-00000", note: "10000 match, and only the first 64 by name are looked at"},
		"those that are being deleted do not count": {pods: pods(100, func(i int, object *unstructured.Unstructured) {
			if i < 70 {
				deleted(object)
				down(object)
			}
		}), state: kind.HealthReady, first: "pod-00070"},
		"as many as are looked at, besides them": {pods: pods(64+70, func(i int, object *unstructured.Unstructured) {
			if i < 70 {
				deleted(object)
			}
		}), state: kind.HealthReady, first: "pod-00070"},
		"all are being deleted": {pods: pods(100, func(_ int, object *unstructured.Unstructured) { deleted(object) }),
			state: kind.HealthProgressing, note: "Pod in llm with app=granite is being deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			object := referent(t, "{"+identity+", metadata: {name: a, namespace: llm}, status: {url: http://a}}")
			reader := &answering{answer: kind.Answer{State: kind.AnswerRead, Objects: test.pods}}
			var got kind.Observation
			used := allocated(func() { got = k.Explain(&v1alpha1.MaaSModel{}, object, reader, endpoint.Rules{}) })
			if got.Health.State != test.state || strings.HasSuffix(got.Health.Message, cut) != test.cut {
				t.Errorf("got %s: %s", got.Health.State, got.Health.Message)
			}
			step := got.Trace[0]
			found, _ := step.Found.(string)
			if diff := cmp.Diff([]string{test.first, test.note}, []string{strings.Split(found, ", ")[0], step.Note}); diff != "" {
				t.Errorf("the first that is read, and the note (-want +got):\n%s", diff)
			}
			if used > most {
				t.Errorf("it took %d bytes, and %d are more than enough", used, most)
			}
		})
	}
}

// Whoever writes the EndpointSlices of a Service without selector decides how
// many addresses there are. What is not looked at to the end is not published.
func TestAddressesAreBounded(t *testing.T) {
	slices := func(n, endpoints int) kind.Objects {
		entries := make([]any, endpoints)
		for i := range entries {
			entries[i] = map[string]any{"addresses": []any{"10.244.1.7"}}
		}
		all := kind.Objects{referent(t, service("granite", "clusterIP: 10.96.0.9"))}
		for i := range n {
			all = append(all, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "endpoints": entries,
				"metadata": map[string]any{"name": fmt.Sprint("s", i), "namespace": "llm", "labels": map[string]any{"kubernetes.io/service-name": "granite"}},
			}})
		}
		return all
	}
	for name, test := range map[string]struct {
		objects kind.Objects
		want    string
	}{
		"ten thousand slices":                    {slices(10_000, 1), v1alpha1.ReasonResolved},
		"ten thousand slices of a thousand each": {slices(10_000, 1000), v1alpha1.ReasonTooMuchToRead},
		"ten thousand slices without addresses":  {slices(10_000, 0), v1alpha1.ReasonResolved},
	} {
		t.Run(name, func(t *testing.T) {
			k := widget(t, readyWhen+`{path: $.status.url, exists: true}`+endWhen)
			object := referent(t, "{"+identity+", metadata: {name: a, namespace: llm}, status: {url: 'http://granite.llm.svc'}}")
			rules := endpoint.Rules{Cluster: networks("10.244.0.0/16")}
			got := k.Observe(&v1alpha1.MaaSModel{}, object, test.objects, rules)
			if got.Reference.Reason != test.want || got.Endpoint.URL != "" != (test.want == v1alpha1.ReasonResolved) {
				t.Errorf("got %s, %s, and the endpoint %q; want %s", got.Reference.Reason, got.Reference.Message, got.Endpoint.URL, test.want)
			}
		})
	}
}
