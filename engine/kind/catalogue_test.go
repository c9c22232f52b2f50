package kind_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/catalogue"
	"github.com/maas-kinds/maas/engine/kind"
)

func lookup(t testing.TB, name string) *kind.Kind {
	t.Helper()
	k, ok := catalogue.BuiltIn(t).Lookup(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	return k
}

func referent(t testing.TB, text string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
		t.Fatal(err)
	}
	return object
}

// verdict is what a model's status will be decided by.
type verdict struct {
	Reference kind.ReferenceState
	Fresh     bool
	Health    kind.HealthState
	Endpoint  string
	Invalid   bool
}

func verdictOf(o kind.Observation) verdict {
	return verdict{o.Reference.State, o.Generation.Fresh, o.Health.State, o.Endpoint.URL, o.Endpoint.Invalid}
}

const found = kind.ReferenceFound

func TestCatalogue(t *testing.T) {
	const (
		llm      = "{apiVersion: serving.kserve.io/v1alpha2, kind: LLMInferenceService, metadata: {name: a, namespace: llm, generation: 2}, "
		isvc     = "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: a, namespace: llm, generation: 2}, "
		kn       = "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a, namespace: llm, generation: 2}, "
		ready    = `conditions: [{type: Ready, status: "True"}]`
		external = `{name: gateway-external, url: "https://models.example.com/zeta/a"}`
	)
	for name, test := range map[string]struct {
		kind, object string
		want         verdict
	}{
		"no status: the backend has not been looked at": {
			"llmisvc", llm + "}", verdict{found, false, kind.HealthProgressing, "", false}},
		"ready with an external address": {
			"llmisvc", llm + "status: {observedGeneration: 2, " + ready + ", addresses: [{name: gateway-internal, url: 'http://gw.kserve.svc.cluster.local/zeta/a'}, " + external + "]}}",
			verdict{found, true, kind.HealthReady, "https://models.example.com/zeta/a", false}},
		"addresses sort by URL, status.url names the path-based one": {
			"llmisvc", llm + "status: {observedGeneration: 2, " + ready + ", url: 'https://models.example.com/zeta/a', addresses: [{name: gateway-external, url: 'https://models.example.com/publishers/x'}, " + external + "]}}",
			verdict{found, true, kind.HealthReady, "https://models.example.com/zeta/a", false}},
		"an external address wins over an internal url": {
			"llmisvc", llm + "status: {observedGeneration: 2, " + ready + ", url: 'http://gw.kserve.svc.cluster.local/zeta/a', addresses: [" + external + "]}}",
			verdict{found, true, kind.HealthReady, "https://models.example.com/zeta/a", false}},
		"an old version publishes a url and no addresses": {
			"LLMInferenceService", llm + "status: {observedGeneration: 2, " + ready + ", url: 'http://a.llm.example.com'}}",
			verdict{found, true, kind.HealthReady, "http://a.llm.example.com", false}},
		"addresses without names": {
			"llmisvc", llm + "status: {observedGeneration: 2, " + ready + ", addresses: [{url: ''}, {url: 'http://b.llm.example.com'}]}}",
			verdict{found, true, kind.HealthReady, "http://b.llm.example.com", false}},
		"a stopped service keeps its url and loses its addresses": {
			"llmisvc", llm + `status: {observedGeneration: 2, url: "http://a.llm.example.com", conditions: [{type: Ready, status: "False", reason: Stopped}]}}`,
			verdict{found, true, kind.HealthProgressing, "", false}},
		"bad configuration: Ready stays Unknown": {
			"llmisvc", llm + `status: {observedGeneration: 2, conditions: [{type: PresetsCombined, status: "False", reason: ConfigNotFound}, {type: Ready, status: Unknown}]}}`,
			verdict{found, true, kind.HealthFailed, "", false}},
		"status lags the generation": {
			"llmisvc", llm + "status: {observedGeneration: 1, " + ready + ", addresses: [" + external + "]}}",
			verdict{found, false, kind.HealthReady, "https://models.example.com/zeta/a", false}},
		"status is ahead: the object was restored with an old status": {
			"llmisvc", llm + "status: {observedGeneration: 3, " + ready + ", addresses: [" + external + "]}}",
			verdict{found, false, kind.HealthReady, "https://models.example.com/zeta/a", false}},
		"an address that would send tokens to the metadata service": {
			"llmisvc", llm + "status: {observedGeneration: 2, " + ready + ", url: 'http://169.254.169.254/latest'}}",
			verdict{found, true, kind.HealthReady, "", true}},
		"a refused address falls through to the next": {
			"llmisvc", llm + "status: {observedGeneration: 2, " + ready + ", addresses: [{name: gateway-external, url: 'https://u:p@models.example.com'}, " + external + "]}}",
			verdict{found, true, kind.HealthReady, "https://models.example.com/zeta/a", false}},

		"InferenceService: observedGeneration is a child's and no gate": {
			"InferenceService", isvc + "status: {observedGeneration: 9, " + ready + ", url: 'http://a-llm.example.com', address: {url: 'http://a-predictor.llm.svc.cluster.local'}}}",
			verdict{found, true, kind.HealthReady, "http://a-llm.example.com/openai", false}},
		"InferenceService without ingress": {
			"InferenceService", isvc + "status: {" + ready + ", address: {url: 'http://a-predictor.llm.svc.cluster.local'}}}",
			verdict{found, true, kind.HealthReady, "http://a-predictor.llm.svc.cluster.local/openai", false}},
		"InferenceService that vLLM serves": {
			"InferenceService", isvc + "spec: {predictor: {model: {modelFormat: {name: vLLM}}}}, status: {" + ready + ", url: 'http://a-llm.example.com'}}",
			verdict{found, true, kind.HealthReady, "http://a-llm.example.com", false}},
		"InferenceService: Ready False alone is progress": {
			"InferenceService", isvc + `status: {conditions: [{type: Ready, status: "False"}], modelStatus: {transitionStatus: InProgress}}}`,
			verdict{found, true, kind.HealthProgressing, "", false}},
		"InferenceService: a model that cannot load": {
			"InferenceService", isvc + `status: {conditions: [{type: Ready, status: "False"}], modelStatus: {transitionStatus: BlockedByFailedLoad}}}`,
			verdict{found, true, kind.HealthFailed, "", false}},
		"InferenceService: no runtime takes the model": {
			"InferenceService", isvc + `status: {modelStatus: {transitionStatus: InvalidSpec}}}`,
			verdict{found, true, kind.HealthFailed, "", false}},

		"Knative: Ready False is final": {
			"KnativeService", kn + `status: {observedGeneration: 2, url: "http://a.llm.example.com", conditions: [{type: Ready, status: "False", reason: RevisionMissing}]}}`,
			verdict{found, true, kind.HealthFailed, "http://a.llm.example.com", false}},
		"Knative: Unknown is progress": {
			"KnativeService", kn + `status: {observedGeneration: 2, conditions: [{type: Ready, status: Unknown}]}}`,
			verdict{found, true, kind.HealthProgressing, "", false}},
		"Knative: a private service has an address only": {
			"KnativeService", kn + "status: {observedGeneration: 2, " + ready + ", address: {url: 'http://a.llm.svc.cluster.local'}}}",
			verdict{found, true, kind.HealthReady, "http://a.llm.svc.cluster.local", false}},
	} {
		t.Run(name, func(t *testing.T) {
			k := lookup(t, test.kind)
			object := referent(t, test.object)
			got := k.Explain(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{})
			if diff := cmp.Diff(test.want, verdictOf(got)); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
			projected := k.Explain(&v1alpha1.MaaSModel{}, kind.Project(object, k), kind.Objects(nil), endpoint.Rules{})
			if diff := cmp.Diff(got, projected); diff != "" {
				t.Errorf("the projection changes the observation (-whole +projected):\n%s", diff)
			}
		})
	}
}

// The objects of the operators themselves, where the machine has them.
func TestExamples(t *testing.T) {
	dir := os.Getenv("EXAMPLES_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "examples")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no examples of real objects: %v", err)
	}
	const (
		gateway = "http://203.0.113.10/llm/qwen2-7b-instruct-single"
		knative = "http://qwen.llm.example.com"
	)
	for file, want := range map[string]verdict{
		"kserve-llminferenceservice/just-created.yaml":         {found, false, kind.HealthProgressing, "", false},
		"kserve-llminferenceservice/progressing.yaml":          {found, true, kind.HealthProgressing, gateway, false},
		"kserve-llminferenceservice/ready.yaml":                {found, true, kind.HealthReady, gateway, false},
		"kserve-llminferenceservice/ready-then-not-ready.yaml": {found, true, kind.HealthProgressing, gateway, false},
		"kserve-llminferenceservice/failed.yaml":               {found, true, kind.HealthFailed, "", false},
		"kserve-inferenceservice/just-created.yaml":            {found, true, kind.HealthProgressing, "", false},
		"kserve-inferenceservice/progressing.yaml":             {found, true, kind.HealthProgressing, "", false},
		"kserve-inferenceservice/ready.yaml":                   {found, true, kind.HealthReady, "http://qwen-llm.example.com/openai", false},
		"kserve-inferenceservice/failed.yaml":                  {found, true, kind.HealthFailed, "", false},
		"knative-service/just-created.yaml":                    {found, false, kind.HealthProgressing, "", false},
		"knative-service/progressing.yaml":                     {found, true, kind.HealthProgressing, knative, false},
		"knative-service/ready.yaml":                           {found, true, kind.HealthReady, knative, false},
		"knative-service/failed.yaml":                          {found, true, kind.HealthFailed, knative, false},
	} {
		t.Run(file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			object := referent(t, string(content))
			var k *kind.Kind
			for _, candidate := range catalogue.BuiltIn(t).Kinds() {
				if candidate.Referent().GroupKind() == object.GroupVersionKind().GroupKind() {
					k = candidate
				}
			}
			got := k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{})
			if diff := cmp.Diff(want, verdictOf(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
