package contract_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/registry"
)

// Types of groups without a dot are built in or misspelt, which needs no pin to
// be seen. What is written instead as the fault says is none any more.
func TestCheckKnown(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ object, want string }{
		"built in":                  {`{group: apps, kind: Deployment, versions: [v1]}`, ""},
		"one version of two":        {`{group: apps, kind: Deployment, versions: [v2, v1]}`, ""},
		"of a CRD":                  {`{group: example.com, kind: Gadget, versions: [v1]}`, ""},
		"a kind misspelt":           {`{group: "", kind: Servise, versions: [v1]}`, "Kubernetes has no Servise in v1, did you mean kind: Service?"},
		"the version as the group":  {`{group: v1, kind: Service, versions: [v1]}`, `Kubernetes has no Service.v1 in v1: write group: ""`},
		"a group misspelt":          {`{group: app, kind: Deployment, versions: [v1]}`, "Kubernetes has no Deployment.app in v1: write group: apps"},
		"in no group":               {`{group: "", kind: Deployment, versions: [v1]}`, "Kubernetes has no Deployment in v1: write group: apps"},
		"a version that is not any": {`{group: apps, kind: Deployment, versions: [v2]}`, "Kubernetes has no Deployment.apps in v2: write versions: [v1]"},
		"nothing like it":           {`{group: widgets, kind: Widget, versions: [v1]}`, "Kubernetes has no Widget.widgets in v1: it is no built-in type, and the group of a CRD has a dot in its name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: known}
spec:
  description: a widget beside something else
  referent: {group: example.com, kind: Widget, versions: [v1]}
  subjects: [{as: beside, object: ` + c.object + `}]
  health: [{is: Ready, when: [{of: beside, path: $, exists: true}]}]
  noFailure: a widget is not known to fail for good
  endpoint: [{path: $.status.url}]
`
			set, err := registry.Load(registry.Source{FS: fstest.MapFS{"known/kind.yaml": {Data: []byte(spec)}}})
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if faults := contract.CheckKnown(set.Kinds()[0]); len(faults) > 0 {
				got = strings.TrimPrefix(faults.Error(), "known/kind.yaml:7: spec.subjects[0].object: ")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}
