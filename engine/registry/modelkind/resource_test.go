package modelkind_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/registry/modelkind"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// One ModelKind of a list that fits no type leaves the others as they are. Its
// spec is kept as it is, and a status of another time counts as none.
func TestOneResourceDoesNotFit(t *testing.T) {
	const good = `{"metadata":{"name":"good"},"spec":{"description":"d"},"status":{"models":1}}`
	fine := modelkind.Resource{ObjectMeta: metav1.ObjectMeta{Name: "good"},
		Spec: json.RawMessage(`{"description":"d"}`), Status: v1alpha1.ModelKindStatus{Models: 1}}
	for name, test := range map[string]struct{ bad, spec string }{
		"no spec":                  {`"status":{}`, ``},
		"a spec that is text":      {`"spec":"granite"`, `"granite"`},
		"a field of another type":  {`"spec":{"health":{"ready":"yes"}}`, `{"health":{"ready":"yes"}}`},
		"a field of another time":  {`"spec":{"related":[{"as":"gate"}]}`, `{"related":[{"as":"gate"}]}`},
		"a status of another time": {`"spec":{"description":"d"},"status":{"models":"many"}`, `{"description":"d"}`},
	} {
		t.Run(name, func(t *testing.T) {
			var list modelkind.ResourceList
			if err := utiljson.Unmarshal([]byte(`{"items":[`+good+`,{"metadata":{"name":"bad"},`+test.bad+`},`+good+`]}`), &list); err != nil {
				t.Fatalf("the list cannot be read: %v", err)
			}
			bad := modelkind.Resource{ObjectMeta: metav1.ObjectMeta{Name: "bad"}}
			if test.spec != "" {
				bad.Spec = json.RawMessage(test.spec)
			}
			want := []modelkind.Resource{fine, bad, fine}
			if diff := cmp.Diff(want, list.Items); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, list.DeepCopyObject().(*modelkind.ResourceList).Items); diff != "" {
				t.Errorf("copied (-want +got):\n%s", diff)
			}
			parser, err := registry.NewParser()
			if err != nil {
				t.Fatal(err)
			}
			document, err := modelkind.Document(parser, &list.Items[1])
			if err != nil || len(document.Faults) == 0 {
				t.Errorf("document = %+v, %v, want faults", document, err)
			}
		})
	}
	if err := utiljson.Unmarshal([]byte(`{"metadata":"granite"}`), &modelkind.Resource{}); err == nil {
		t.Error("metadata of another type is read")
	}
}
