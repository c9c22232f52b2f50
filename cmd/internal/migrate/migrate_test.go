package migrate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

func kindsHere(t *testing.T) *kind.Set {
	t.Helper()
	set, err := registry.Load(registry.Source{Name: "built-in", FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// reference is a MaaSModelRef in one line.
func reference(name, kindName, backend string) string {
	return fmt.Sprintf("---\n{apiVersion: maas.opendatahub.io/v1alpha1, kind: MaaSModelRef, metadata: {name: %s, namespace: a}, spec: {modelRef: {kind: %s, name: %s}}}\n", name, kindName, backend)
}

// What one thing in the input leads to: models as namespace/name → kind/backend, and
// rules with the line they are about, faults with a mark.
func TestMigrate(t *testing.T) {
	const llm, external = "LLMInferenceService", "ExternalModel"
	const service = "---\n{apiVersion: serving.kserve.io/v1alpha2, kind: LLMInferenceService, metadata: {name: x, namespace: a}, spec: {model: {name: org/x}}}\n"
	policy := func(models string) string {
		return "---\n{apiVersion: maas.opendatahub.io/v1alpha1, kind: MaaSAuthPolicy, metadata: {name: p, namespace: b}, spec: {modelRefs: [" + models + "], subjects: {groups: [{name: g}]}}}\n"
	}
	for name, c := range map[string]struct {
		input  string
		models []string
		notes  []string
	}{
		"nothing":                                   {"", nil, nil},
		"a model and its backend":                   {reference("m", llm, "x") + service, []string{"a/m: LLMInferenceService/x"}, []string{"2 id", "4 not-carried"}},
		"the old name of a kind":                    {reference("m", "llmisvc", "x") + service, []string{"a/m: llmisvc/x"}, []string{"2 id", "4 not-carried"}},
		"an ExternalModel of another name":          {reference("m", external, "gpt"), []string{"a/gpt: ExternalModel/gpt"}, []string{"0 backend", "2 id"}},
		"one whose name another model has":          {reference("m", external, "n") + reference("n", external, "n"), []string{"a/m: ExternalModel/n", "a/n: ExternalModel/n"}, []string{"0 backend", "2 id", "2 id", "4 id"}},
		"a circle of three, and one that leads in":  {reference("i", "MaaSModelRef", "j") + reference("j", "MaaSModel", "k") + reference("k", "MaaSModelRef", "i") + reference("m", "MaaSModelRef", "i"), nil, []string{"2 circle!", "4 circle!", "6 circle!", "8 circle!"}},
		"a model of a model of a backend":           {reference("i", "MaaSModelRef", "j") + reference("j", "Service", "s"), []string{"a/i: MaaSModelRef/j", "a/j: Service/s"}, []string{"0 backend", "2 kind", "4 kind"}},
		"two of one name, and of another namespace": {reference("m", "Service", "s") + reference("m", "Service", "t") + strings.ReplaceAll(reference("m", "Service", "s"), "namespace: a", "namespace: b"), []string{"b/m: Service/s"}, []string{"0 backend", "2 duplicate!", "4 duplicate!", "6 kind"}},
		"one name in two namespaces":                {reference("m", "Service", "s") + strings.ReplaceAll(reference("m", "Service", "s"), "namespace: a", "namespace: b"), []string{"a/m: Service/s", "b/m: Service/s"}, []string{"0 backend", "2 id", "2 kind", "4 id", "4 kind"}},
		"a policy for one of two":                   {reference("m", "Service", "s") + reference("n", "Service", "s") + policy("{name: m, namespace: a}"), []string{"a/m: Service/s", "a/n: Service/s"}, []string{"0 backend", "2 kind", "2 ungoverned", "4 kind", "4 ungoverned", "6 access"}},
		"a policy for another namespace":            {reference("m", "Service", "s") + policy("{name: m, namespace: z}"), []string{"a/m: Service/s"}, []string{"0 backend", "2 kind", "2 ungoverned", "4 not-carried"}},
	} {
		t.Run(name, func(t *testing.T) {
			objects, notes := Read("f.yaml", []byte(c.input))
			got := Migrate(Input{Objects: objects, Notes: notes, Kinds: kindsHere(t)})
			var models, told []string
			for _, m := range got.Models {
				models = append(models, m.key()+": "+m.Spec.ModelRef.Kind+"/"+m.Spec.ModelRef.Name)
			}
			for _, n := range got.Notes {
				text := fmt.Sprintf("%d %s", n.Line, n.Rule)
				if n.Fault {
					text += "!"
				}
				told = append(told, text)
			}
			if diff := cmp.Diff(c.models, models); diff != "" {
				t.Errorf("models (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.notes, told); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// A chain as long as the input is followed once, and not from each of its models.
func TestLongChain(t *testing.T) {
	const long = 5000
	var input strings.Builder
	for i := range long {
		input.WriteString(reference(fmt.Sprintf("m%d", i), "MaaSModelRef", fmt.Sprintf("m%d", i+1)))
	}
	objects, _ := Read("f.yaml", []byte(input.String()))
	if got := Migrate(Input{Objects: objects, Kinds: kindsHere(t)}); len(got.Models) != long || got.Faults() > 0 {
		t.Errorf("%d models and %d faults, want %d and none", len(got.Models), got.Faults(), long)
	}
}

// What a caller hands in is not changed, so that it may be used again.
func TestInputStaysAsItIs(t *testing.T) {
	objects, notes := Read("f.yaml", []byte(reference("m", "LLMInferenceService", "x")))
	input := Input{Objects: objects, Notes: notes, Kinds: kindsHere(t)}
	first, again := Migrate(input), Migrate(input)
	if diff := cmp.Diff(first.Notes, again.Notes); diff != "" {
		t.Errorf("the second time (-first +again):\n%s", diff)
	}
	if annotations := objects[0].Content["metadata"].(map[string]any)["annotations"]; annotations != nil {
		t.Errorf("annotations were written into the input: %v", annotations)
	}
}
