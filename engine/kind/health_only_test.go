package kind_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"
)

// Of a kind that is asked about the health of an object, what it reads for the
// endpoint alone is not read; of one that is asked for the endpoint too, all is.
func TestOnlyWhatIsAskedIsRead(t *testing.T) {
	t.Parallel()
	const rests = `
  subjects:
    - {as: pods, object: {group: "", kind: Pod, versions: [v1], name: [{value: pod}]}}
    - {as: front, object: {group: "", kind: Service, versions: [v1], name: [{value: front}]}}
  values:
    pod: [{path: $.status.pod}]
    front: [{path: $.status.service}]
`
	widget := strings.NewReplacer("\n  health: [", rests+"  health: [{name: gone, is: Progressing, when: [{of: pods, path: $, exists: false}]}, ",
		"endpoint: [", "endpoint: [{of: front, path: $.spec.externalName}, ").Replace(widgetSpec)
	for name, test := range map[string]struct {
		handing []string
		want    []string
	}{
		"health and endpoint": {nil, []string{"ConfigMap", "Pod", "Service", "Widget"}},
		"the endpoint alone": {[]string{"health: [{of: widget, kind: Widget}]", `health: [{is: Ready, when: [{of: widget, path: $, exists: true}]}]`},
			[]string{"ConfigMap", "Pod", "Service", "Widget"}},
		"health alone": {[]string{"endpoint: [{of: widget, kind: Widget}]", `endpoint: [{constant: "http://models.example.com"}]`},
			[]string{"ConfigMap", "Pod", "Widget"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handing := strings.NewReplacer(test.handing...).Replace(handingSpec)
			set, err := registry.Load(specs(map[string]string{"handing.yaml": handing, "widget.yaml": widget}))
			if err != nil {
				t.Fatal(err)
			}
			k, _ := set.Lookup("handing")
			var got []string
			for _, read := range k.Types() {
				got = append(got, read.Kind)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, slices.Compact(got)); diff != "" {
				t.Errorf("what is read (-want +got):\n%s", diff)
			}
			for _, other := range k.HandsOnTo() {
				if whole := len(other.Related()); whole != 2 {
					t.Errorf("%s is said to have %d subjects of the 2 that its kind-spec has", other.Name(), whole)
				}
			}
		})
	}
}
