package v1alpha1

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/json"
)

// One object of a list that does not fit its type leaves the others as they are,
// and is there itself as far as it fits.
func TestOneOfAListDoesNotFit(t *testing.T) {
	const good = `{"metadata":{"name":"good"},"spec":{"modelRef":{"kind":"Widget","name":"granite"}},"status":{"phase":"Ready"}}`
	fine := MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: "good"},
		Spec: MaaSModelSpec{ModelRef: ModelReference{Kind: "Widget", Name: "granite"}}, Status: MaaSModelStatus{Phase: PhaseReady}}
	reference := MaaSModelSpec{ModelRef: ModelReference{Kind: "Widget", Name: "granite"}}
	for name, test := range map[string]struct {
		bad  string
		want MaaSModel
	}{
		"no spec at all":                         {`"status":{"phase":"Ready"}`, MaaSModel{Status: MaaSModelStatus{Phase: PhaseReady}}},
		"a spec of another type":                 {`"spec":"granite"`, MaaSModel{Unreadable: "spec is of type string, and has to be of type object"}},
		"null is as absent":                      {`"spec":null,"status":null`, MaaSModel{}},
		"a reference as other projects write it": {`"spec":{"modelRef":"granite"}`, MaaSModel{Unreadable: "spec.modelRef is of type string, and has to be of type object"}},
		"half of a reference is none": {`"spec":{"modelRef":{"kind":"Widget","name":["granite"]}}`,
			MaaSModel{Unreadable: "spec.modelRef.name is of type array, and has to be of type string"}},
		"a number without its digits": {`"spec":{"endpointOverride":12345678901234567890}`,
			MaaSModel{Unreadable: "spec.endpointOverride is of type number, and has to be of type string"}},
		"a status that fits nothing is as none": {`"spec":{"modelRef":{"kind":"Widget","name":"granite"}},"status":{"phase":"Ready","conditions":"Ready"}`,
			MaaSModel{Spec: reference}},
		"a spec that does not fit beside a status that does": {`"spec":[],"status":{"phase":"Ready"}`,
			MaaSModel{Unreadable: "spec is of type array, and has to be of type object", Status: MaaSModelStatus{Phase: PhaseReady}}},
	} {
		t.Run(name, func(t *testing.T) {
			var list MaaSModelList
			if err := json.Unmarshal([]byte(`{"items":[`+good+`,{"metadata":{"name":"bad"},`+test.bad+`},`+good+`]}`), &list); err != nil {
				t.Fatalf("the list cannot be read: %v", err)
			}
			test.want.Name = "bad"
			if diff := cmp.Diff([]MaaSModel{fine, test.want, fine}, list.Items); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What no API server sends is no object.
func TestNoObject(t *testing.T) {
	for name, text := range map[string]string{"a string": `"granite"`, "metadata of another type": `{"metadata":"granite"}`} {
		if err := json.Unmarshal([]byte(text), &MaaSModel{}); err == nil {
			t.Errorf("%s is read as a MaaSModel", name)
		}
	}
}
