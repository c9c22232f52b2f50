package kind_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// widget compiles a kind from the parts that a case is about.
func widget(t testing.TB, parts string) *kind.Kind {
	t.Helper()
	set, err := registry.Load(registry.Source{FS: fstest.MapFS{"Widget/kind.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
` + parts)}}})
	if err != nil {
		t.Fatal(err)
	}
	return set.Kinds()[0]
}

const (
	readyWhen = "  health: [{is: Ready, when: ["
	endWhen   = "]}]\n  endpoint: [{path: $.status.url}]\n"
)

func TestPredicates(t *testing.T) {
	for name, test := range map[string]struct {
		when, status string
		want         kind.HealthState
	}{
		"condition holds":                      {`{condition: Ready, status: "True"}`, `conditions: [{type: Ready, status: "True"}]`, kind.HealthReady},
		"condition has another status":         {`{condition: Ready, status: "True"}`, `conditions: [{type: Ready, status: Unknown}]`, kind.HealthProgressing},
		"condition is absent":                  {`{condition: Ready, status: "False"}`, `conditions: []`, kind.HealthProgressing},
		"the first of a type counts":           {`{condition: Ready, status: "True"}`, `conditions: [{type: Ready, status: "False"}, {type: Ready, status: "True"}]`, kind.HealthProgressing},
		"conditions of the wrong type":         {`{condition: Ready, status: "True"}`, `conditions: Ready`, kind.HealthProgressing},
		"entries of the wrong type":            {`{condition: Ready, status: "True"}`, `conditions: [1, null, Ready, {type: Ready, status: "True"}]`, kind.HealthReady},
		"a boolean is not a condition status":  {`{condition: Ready, status: "True"}`, `conditions: [{type: Ready, status: true}]`, kind.HealthProgressing},
		"reason is one of":                     {`{condition: Ready, status: "False", reasonIn: [A, B]}`, `conditions: [{type: Ready, status: "False", reason: B}]`, kind.HealthReady},
		"reason is none of":                    {`{condition: Ready, status: "False", reasonIn: [A, B]}`, `conditions: [{type: Ready, status: "False", reason: C}]`, kind.HealthProgressing},
		"reason is absent":                     {`{condition: Ready, status: "False", reasonIn: [A, B]}`, `conditions: [{type: Ready, status: "False"}]`, kind.HealthProgressing},
		"equals a string":                      {`{path: $.status.phase, equals: Running}`, `phase: Running`, kind.HealthReady},
		"equals is case-sensitive":             {`{path: $.status.phase, equals: Running}`, `phase: running`, kind.HealthProgressing},
		"equals a number":                      {`{path: $.status.replicas, equals: 3}`, `replicas: 3`, kind.HealthReady},
		"a number is not its text":             {`{path: $.status.replicas, equals: 3}`, `replicas: "3"`, kind.HealthProgressing},
		"equals false":                         {`{path: $.status.paused, equals: false}`, `paused: false`, kind.HealthReady},
		"absent is not false":                  {`{path: $.status.paused, equals: false}`, ``, kind.HealthProgressing},
		"null is absent":                       {`{path: $.status.paused, equals: false}`, `paused: null`, kind.HealthProgressing},
		"in strings":                           {`{path: $.status.phase, in: [A, B]}`, `phase: B`, kind.HealthReady},
		"in numbers":                           {`{path: $.status.code, in: [1, 2]}`, `code: 2`, kind.HealthReady},
		"in none":                              {`{path: $.status.phase, in: [A, B]}`, `phase: C`, kind.HealthProgressing},
		"in with an object":                    {`{path: $.status.phase, in: [A, B]}`, `phase: {A: B}`, kind.HealthProgressing},
		"exists":                               {`{path: $.status.url, exists: true}`, `url: x`, kind.HealthReady},
		"empty does not exist":                 {`{path: $.status.url, exists: true}`, `url: ""`, kind.HealthProgressing},
		"null does not exist":                  {`{path: $.status.url, exists: true}`, `url: null`, kind.HealthProgressing},
		"exists not":                           {`{path: $.status.url, exists: false}`, ``, kind.HealthReady},
		"empty exists not":                     {`{path: $.status.url, exists: false}`, `url: ""`, kind.HealthReady},
		"exists not, but does":                 {`{path: $.status.url, exists: false}`, `url: x`, kind.HealthProgressing},
		"matches":                              {`{path: $.status.message, matches: "^loaded [0-9]+"}`, `message: loaded 7 shards`, kind.HealthReady},
		"matches not":                          {`{path: $.status.message, matches: "^loaded"}`, `message: not loaded`, kind.HealthProgressing},
		"matches a number":                     {`{path: $.status.message, matches: "7"}`, `message: 7`, kind.HealthProgressing},
		"at least":                             {`{path: $.status.ready, atLeast: 1}`, `ready: 1`, kind.HealthReady},
		"less":                                 {`{path: $.status.ready, atLeast: 1}`, `ready: 0`, kind.HealthProgressing},
		"absent is not 0":                      {`{path: $.status.ready, atLeast: 0}`, ``, kind.HealthProgressing},
		"all of a list have to hold":           {`{path: $.status.a, equals: 1}, {path: $.status.b, equals: 1}`, `{a: 1, b: 2}`, kind.HealthProgressing},
		"all of a list hold":                   {`{path: $.status.a, equals: 1}, {path: $.status.b, equals: 1}`, `{a: 1, b: 1}`, kind.HealthReady},
		"status is not an object at all":       {`{condition: Ready, status: "True"}`, `[]`, kind.HealthProgressing},
		"a path through a value of wrong type": {`{path: $.status.a.b, exists: true}`, `a: 1`, kind.HealthProgressing},
	} {
		t.Run(name, func(t *testing.T) {
			k := widget(t, readyWhen+test.when+endWhen)
			if test.status == "" || test.status[0] != '{' && test.status[0] != '[' {
				test.status = "{" + test.status + "}"
			}
			got := k.Observe(&v1alpha1.MaaSModel{}, referent(t, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: "+test.status+"}"), kind.Objects(nil), endpoint.Rules{})
			if got.Health.State != test.want {
				t.Errorf("got %s, want %s; trace %+v", got.Health.State, test.want, got.Trace)
			}
		})
	}
}

func TestEnrichment(t *testing.T) {
	k := widget(t, readyWhen+`{condition: Ready, status: "True"}`+endWhen+`  model:
    displayName: [{path: $.spec.title}]
    contextLength: [{path: $.spec.context}]
    maxOutputTokens: [{path: $.spec.output}]
    capabilities: [{path: "$.spec.tasks[*].name"}]
    aliases: [{path: $.spec.aliases}]
`)
	for name, test := range map[string]struct {
		spec        string
		annotations map[string]string
		want        *v1alpha1.ModelInfo
	}{
		"nothing known": {spec: "{}"},
		"everything known": {
			spec: `{title: " Granite ", context: 8192, output: "1024", tasks: [{name: chat}, {name: embed}, {name: chat}], aliases: [a, b]}`,
			want: &v1alpha1.ModelInfo{DisplayName: "Granite", ContextLength: 8192, MaxOutputTokens: 1024,
				Capabilities: []string{"chat", "embed"}, Aliases: []string{"a", "b"}},
		},
		"annotations win, and may say what no path says": {
			spec: `{title: Granite, context: 8192}`,
			annotations: map[string]string{v1alpha1.AnnotationDisplayName: "Ours", v1alpha1.AnnotationContextLength: "4096",
				v1alpha1.AnnotationDescription: "For tests", v1alpha1.AnnotationCapabilities: "chat, tools,,chat"},
			want: &v1alpha1.ModelInfo{DisplayName: "Ours", Description: "For tests", ContextLength: 4096, Capabilities: []string{"chat", "tools"}},
		},
		"values of the wrong type say nothing": {
			spec: `{title: 7, context: many, output: -1, tasks: {a: 1}, aliases: 7}`,
		},
		"fractions and numbers beyond 2^53 are no token counts": {spec: `{context: 1.5, output: 1.0e+30}`},
	} {
		t.Run(name, func(t *testing.T) {
			model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Annotations: test.annotations}}
			got := k.Observe(model, referent(t, "{metadata: {name: a}, spec: "+test.spec+"}"), kind.Objects(nil), endpoint.Rules{})
			if diff := cmp.Diff(test.want, got.Model); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReference(t *testing.T) {
	k := lookup(t, "llmisvc")
	terminating := referent(t, "{apiVersion: serving.kserve.io/v1alpha2, kind: LLMInferenceService, metadata: {name: a, namespace: llm, deletionTimestamp: '2026-01-01T00:00:00Z'}}")
	got := k.Observe(&v1alpha1.MaaSModel{}, terminating, kind.Objects(nil), endpoint.Rules{}).Reference
	if got.State != kind.ReferenceLost || got.Reason != v1alpha1.ReasonReferentTerminating {
		t.Errorf("terminating: got %+v", got)
	}
}

// An override replaces the endpoint and never the readiness.
func TestOverride(t *testing.T) {
	k := lookup(t, "KnativeService")
	object := referent(t, `{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a, generation: 1}, status: {observedGeneration: 1, url: "http://a.example.com", conditions: [{type: Ready, status: Unknown}]}}`)
	for name, test := range map[string]struct {
		override string
		want     verdict
	}{
		"a valid one":   {"https://models.example.com/a", verdict{found, true, kind.HealthProgressing, "https://models.example.com/a", false}},
		"a refused one": {"http://169.254.169.254", verdict{found, true, kind.HealthProgressing, "", true}},
	} {
		t.Run(name, func(t *testing.T) {
			model := &v1alpha1.MaaSModel{Spec: v1alpha1.MaaSModelSpec{EndpointOverride: test.override}}
			if diff := cmp.Diff(test.want, verdictOf(k.Observe(model, object, kind.Objects(nil), endpoint.Rules{}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDwell(t *testing.T) {
	condition := readyWhen + `{condition: Ready, status: "True"}` + endWhen + "  generation: $.status.observedGeneration\n"
	for name, test := range map[string]struct {
		parts, status string
		want          time.Duration
	}{
		"a lagging status, by default":   {condition, `{observedGeneration: 1, conditions: [{type: Ready, status: "True"}]}`, 10 * time.Second},
		"not ready, by default":          {condition, `{observedGeneration: 2}`, 0},
		"ready":                          {condition, `{observedGeneration: 2, conditions: [{type: Ready, status: "True"}]}`, 0},
		"not ready, as the kind says":    {condition + "  unhealthyAfter: 1m\n", `{observedGeneration: 2}`, time.Minute},
		"a lagging status, switched off": {condition + "  unhealthyAfter: 0s\n", `{observedGeneration: 1}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			object := referent(t, "{metadata: {name: a, generation: 2}, status: "+test.status+"}")
			if got := widget(t, test.parts).Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}).Dwell; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// The trace says what was tried, in the order in which it was.
func TestTrace(t *testing.T) {
	k := lookup(t, "llmisvc")
	object := referent(t, `{apiVersion: serving.kserve.io/v1alpha2, kind: LLMInferenceService, metadata: {name: a, namespace: llm, generation: 1},
  spec: {model: {name: granite}},
  status: {observedGeneration: 1, url: 7, addresses: [{url: "ftp://x"}], conditions: [{type: Ready, status: "False", reason: Starting, message: pulling}]}}`)
	got, err := json.MarshalIndent(k.Explain(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/observation.json", string(got)+"\n")
}

// A trace keeps as many steps as anybody reads, and says that there were more.
func TestTraceIsBounded(t *testing.T) {
	k := widget(t, `  health:
    - {is: Ready, when: [{path: $.status.up, equals: "yes"}]}
  endpoint: [{path: '$.status.urls[*]'}]
`)
	for n, more := range map[int]bool{10: false, 10_000: true} {
		object := referent(t, "{"+identity+", metadata: {name: a}, status: {up: \"yes\", urls: ["+strings.Repeat("7,", n)+"]}}")
		trace := k.Explain(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}).Trace
		said := strings.Contains(fmt.Sprint(trace), "more than 4096 steps, and that is all that is kept of a trace")
		if said != more || len(trace) > 4097 {
			t.Errorf("of %d entries the trace has %d steps, and says that there were more: %t", n, len(trace), said)
		}
	}
}
