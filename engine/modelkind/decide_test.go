package modelkind_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/modelkind"
	"github.com/maas-kinds/maas/engine/referent"
)

const (
	related = `{description: d, referent: {group: example.com, kind: Widget, versions: [v1]}, endpoint: [{path: $.status.url}],
  subjects: [{as: gate, object: {group: "", kind: Service, versions: [v1], name: [{constant: gate}]}}],
  values: {port: [{of: gate, path: "$.spec.clusterIP"}]}, health: [{is: Ready, when: [{value: port, exists: true}]}]}`
	alone = `{description: d, noReferent: nothing in the cluster serves it, noEndpoint: set spec.endpointOverride}`
)

// resource is a ModelKind and its document.
func resource(t testing.TB, spec string) (*modelkind.Resource, kind.SpecDocument) {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kind.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	r := &modelkind.Resource{ObjectMeta: metav1.ObjectMeta{Name: "widget", Generation: 3}, Spec: raw}
	document, err := modelkind.Document(parser, r)
	if err != nil {
		t.Fatal(err)
	}
	return r, document
}

func TestDecide(t *testing.T) {
	widget := schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Widget"}
	synced := referent.Lookup{State: referent.Synced, Type: widget}
	for name, tc := range map[string]struct {
		spec            string
		widget, service referent.Lookup
		want            string
	}{
		"all is well":                  {related, synced, synced, "Accepted=True Accepted, ReferentServed=True Served, Permitted=True Permitted"},
		"the API server is away":       {related, referent.Lookup{State: referent.Stale, Type: widget}, synced, "Accepted=True Accepted, ReferentServed=True Served, Permitted=True Permitted"},
		"no CRD":                       {related, referent.Lookup{State: referent.NotInstalled, Message: "m"}, synced, "Accepted=True Accepted, ReferentServed=False CRDNotInstalled, Permitted=Unknown CRDNotInstalled"},
		"another version":              {related, referent.Lookup{State: referent.VersionNotServed, Message: "m"}, synced, "Accepted=True Accepted, ReferentServed=False VersionNotServed, Permitted=Unknown CRDNotInstalled"},
		"not known yet":                {related, referent.Lookup{State: referent.Starting}, synced, "Accepted=True Accepted, ReferentServed=Unknown NotChecked, Permitted=Unknown NotChecked"},
		"the referent is forbidden":    {related, referent.Lookup{State: referent.Forbidden, Type: widget, Message: "m"}, synced, "Accepted=True Accepted, ReferentServed=True Served, Permitted=False Forbidden"},
		"what is related is forbidden": {related, synced, referent.Lookup{State: referent.Forbidden, Type: widget, Message: "m"}, "Accepted=True Accepted, ReferentServed=True Served, Permitted=False Forbidden"},
		"no referent":                  {alone, referent.Lookup{}, referent.Lookup{}, "Accepted=True Accepted, ReferentServed=True NoReferent, Permitted=True NoReferent"},
		"no kind":                      {`{description: d}`, synced, synced, "Accepted=False Invalid, ReferentServed=Unknown NotAccepted, Permitted=Unknown NotAccepted"},
	} {
		t.Run(name, func(t *testing.T) {
			r, document := resource(t, tc.spec)
			facts := modelkind.Facts{
				Entry: kind.Entry{SpecDocument: document, InForce: document.Kind, Refused: document.Faults},
				TypeOf: func(ref kind.Referent) referent.Lookup {
					if ref.Kind == "Service" {
						return tc.service
					}
					return tc.widget
				},
			}
			clock := clocktesting.NewFakePassiveClock(time.Unix(1000, 0))
			r.Status = modelkind.Decide(r, facts, clock)
			var got []string
			for _, c := range r.Status.Conditions {
				got = append(got, fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason))
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("conditions (-want +got):\n%s", diff)
			}
			clock.SetTime(time.Unix(2000, 0))
			if diff := cmp.Diff(r.Status, modelkind.Decide(r, facts, clock)); diff != "" {
				t.Errorf("later, with nothing new (-before +after):\n%s", diff)
			}
		})
	}
}

// All faults are told, each with its field, and without a line that the object
// does not have.
func TestFaultsOfAResource(t *testing.T) {
	r, document := resource(t, `{description: d, referent: {group: example.com, kind: Widget, versions: [v1]},
  health: [{is: Ready, when: [{path: "$.a[", exists: true}]}], endpoint: [{path: $.status.url, constant: "http://a"}]}`)
	facts := modelkind.Facts{Entry: kind.Entry{SpecDocument: document, Refused: document.Faults}}
	status := modelkind.Decide(r, facts, clocktesting.NewFakePassiveClock(time.Unix(1000, 0)))
	lines := strings.Split(status.Conditions[0].Message, "\n")
	for i, field := range []string{"spec.endpoint[0]: ", "spec.health[0].when[0].path: "} {
		if len(lines) != 2 || !strings.HasPrefix(lines[i], field) {
			t.Fatalf("the faults are %q, want one of %s", lines, field)
		}
	}
}
