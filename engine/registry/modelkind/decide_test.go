package modelkind_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/registry/modelkind"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

const (
	related = `{description: d, referent: {group: example.com, kind: Widget, versions: [v1]}, endpoint: [{path: $.status.url}],
  subjects: [{as: gate, object: {group: "", kind: Service, versions: [v1], name: [{constant: gate}]}}],
  values: {port: [{of: gate, path: "$.spec.clusterIP"}]}, health: [{is: Ready, when: [{value: port, exists: true}]}]}`
	alone = `{description: d, noReferent: nothing in the cluster serves it, noEndpoint: set spec.endpointOverride}`
)

// resource is a ModelKind and its document.
func resource(t testing.TB, spec string) (*modelkind.Resource, registry.SpecDocument) {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	parser, err := registry.NewParser()
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
				Entry: registry.Entry{SpecDocument: document, InForce: document.Kind, Refused: document.Faults},
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
	facts := modelkind.Facts{Entry: registry.Entry{SpecDocument: document, Refused: document.Faults}}
	status := modelkind.Decide(r, facts, clocktesting.NewFakePassiveClock(time.Unix(1000, 0)))
	lines := strings.Split(status.Conditions[0].Message, "\n")
	for i, field := range []string{"spec.endpoint[0]: ", "spec.health[0].when[0].path: "} {
		if len(lines) != 2 || !strings.HasPrefix(lines[i], field) {
			t.Fatalf("the faults are %q, want one of %s", lines, field)
		}
	}
}

// A good spec whose parameters the installation has not set says which, and in
// which file: that is not in the object.
func TestParametersOfAResource(t *testing.T) {
	r, document := resource(t, `{description: d, referent: {group: example.com, kind: Widget, versions: [v1]}, parameters: {proxyURL: {type: URL, description: where}},
  health: [{is: Ready, when: [{path: $.a, exists: true}]}], endpoint: [{value: proxyURL}]}`)
	document.Source = "modelkinds"
	roster := registry.New("modelkinds").WithParameters(kind.NoParameters("p.yaml")).Next(registry.Contents{Source: "modelkinds", Documents: []registry.SpecDocument{document}})
	clock := clocktesting.NewFakePassiveClock(time.Unix(1000, 0))
	accepted := modelkind.Decide(r, modelkind.Facts{Entry: roster.Entries()[0]}, clock).Conditions[0]
	if want := "p.yaml: spec.Widget.proxyURL: the parameter proxyURL of the kind Widget is not set"; accepted.Reason != v1alpha1.ReasonParametersInvalid || !strings.HasPrefix(accepted.Message, want) {
		t.Errorf("Accepted is %s: %s", accepted.Reason, accepted.Message)
	}
	set, err := kind.ReadParameters("p.yaml", []byte("apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec: {Widget: {proxyURL: https://a.example.com}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	roster = roster.WithParameters(set).WithParameters(kind.NoParameters("p.yaml"))
	facts := modelkind.Facts{Entry: roster.Entries()[0], TypeOf: func(kind.Referent) referent.Lookup { return referent.Lookup{} }}
	if accepted = modelkind.Decide(r, facts, clock).Conditions[0]; accepted.Reason != v1alpha1.ReasonServingPreviousRevision || !strings.Contains(accepted.Message, "\np.yaml: ") {
		t.Errorf("with an earlier value Accepted is %s: %s", accepted.Reason, accepted.Message)
	}
}

// The referent is served where one of the types is that it may be of: the first
// that is counts. Where none is, the message has all.
func TestAlternatives(t *testing.T) {
	const spec = `{description: d, referent: {group: example.com, kind: Widget, versions: [v1], alternatives: [{group: example.org, kind: Gadget, versions: [v2]}]},
  endpoint: [{path: $.status.url}], health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]}`
	served := func(k, version string) referent.Lookup {
		return referent.Lookup{State: referent.Synced, Type: schema.GroupVersionKind{Group: "example", Version: version, Kind: k}}
	}
	absent := func(message string) referent.Lookup {
		return referent.Lookup{State: referent.NotInstalled, Message: message}
	}
	otherVersion := referent.Lookup{State: referent.VersionNotServed, Message: "no v2"}
	forbidden := served("Gadget", "v2")
	forbidden.State, forbidden.Message = referent.Forbidden, "may not"
	for name, tc := range map[string]struct {
		widget, gadget             referent.Lookup
		referent, is, says, permit string
	}{
		"both":            {served("Widget", "v1"), served("Gadget", "v2"), "example/v1 Widget", "True Served", "the API server serves example/v1 Widget", "True Permitted"},
		"the second":      {absent("no Widget"), served("Gadget", "v2"), "example/v2 Gadget", "True Served", "the API server serves example/v2 Gadget", "True Permitted"},
		"not permitted":   {absent("no Widget"), forbidden, "example/v2 Gadget", "True Served", "the API server serves example/v2 Gadget", "False Forbidden"},
		"none":            {absent("no Widget"), absent("no Gadget"), "example.com Widget", "False CRDNotInstalled", "no Widget; no Gadget", "Unknown CRDNotInstalled"},
		"another version": {absent("no Widget"), otherVersion, "example.com Widget", "False VersionNotServed", "no v2; no Widget", "Unknown CRDNotInstalled"},
		"not known yet":   {absent("no Widget"), referent.Lookup{State: referent.Starting}, "example.com Widget", "Unknown NotChecked", "the API server has not said yet what it serves", "Unknown NotChecked"},
	} {
		t.Run(name, func(t *testing.T) {
			r, document := resource(t, spec)
			status := modelkind.Decide(r, modelkind.Facts{
				Entry: registry.Entry{SpecDocument: document, InForce: document.Kind, Refused: document.Faults},
				TypeOf: func(ref kind.Referent) referent.Lookup {
					if ref.Kind == "Gadget" {
						return tc.gadget
					}
					return tc.widget
				},
			}, clocktesting.NewFakePassiveClock(time.Unix(1000, 0)))
			isServed, permitted := status.Conditions[1], status.Conditions[2]
			got := []string{status.Referent, fmt.Sprintf("%s %s", isServed.Status, isServed.Reason), isServed.Message, fmt.Sprintf("%s %s", permitted.Status, permitted.Reason)}
			if diff := cmp.Diff([]string{tc.referent, tc.is, tc.says, tc.permit}, got); diff != "" {
				t.Errorf("referent, ReferentServed, its message, Permitted (-want +got):\n%s", diff)
			}
		})
	}
}

// A kind that is in force says what there is to know of it: whose place it takes,
// whom it lacks, and what in it is useless.
func TestAccepted(t *testing.T) {
	const delegating = `{description: d, referent: {group: example.com, kind: Widget, versions: [v1]}, health: [{of: gate, kind: Service}],
  subjects: [{as: gate, object: {group: "", kind: Service, versions: [v1]}}], endpoint: [{of: gate, kind: Service}]}`
	for name, tc := range map[string]struct{ spec, replaces, reason, want string }{
		"nothing to say": {related, "", v1alpha1.ReasonAccepted, "the kind is in force"},
		"replaces":       {related, "built-in/Widget/kind.yaml", v1alpha1.ReasonAccepted, "the kind is in force, in the place of built-in/Widget/kind.yaml"},
		"lacks a kind":   {delegating, "", v1alpha1.ReasonAcceptedWithWarnings, "the kind is in force; it hands on to the kind Service, which is not in force: add it, its models are refused until then"},
		"warnings": {strings.Replace(related, "values: {", "values: {spare: [{path: $.spec.spare}], ", 1), "", v1alpha1.ReasonAcceptedWithWarnings,
			"the kind is in force; some of it is useless, and harmless:\nspec.values.spare: nothing uses spare, remove it"},
	} {
		t.Run(name, func(t *testing.T) {
			r, document := resource(t, tc.spec)
			facts := modelkind.Facts{
				Entry: registry.Entry{SpecDocument: document, InForce: document.Kind, Refused: document.Faults}, Replaces: tc.replaces,
				TypeOf: func(kind.Referent) referent.Lookup { return referent.Lookup{State: referent.Starting} },
			}
			got := modelkind.Decide(r, facts, clocktesting.NewFakePassiveClock(time.Unix(1000, 0))).Conditions[0]
			if diff := cmp.Diff(tc.want, got.Message); diff != "" || got.Status != metav1.ConditionTrue || got.Reason != tc.reason {
				t.Errorf("%s %s, want True %s (-want +got):\n%s", got.Status, got.Reason, tc.reason, diff)
			}
		})
	}
}

// What was known before a restart stands until it has been looked for again, and no
// longer than the revision that it is of.
func TestDecideAtAStart(t *testing.T) {
	t.Parallel()
	synced := referent.Lookup{State: referent.Synced, Type: schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Widget"}}
	for name, tc := range map[string]struct {
		revision string
		looked   referent.State
		want     string
	}{
		"not looked for yet":             {"", referent.Starting, "ReferentServed=True Served, Permitted=True Permitted; example.com/v1 Widget"},
		"not looked for in the new spec": {"another", referent.Starting, "ReferentServed=Unknown NotChecked, Permitted=Unknown NotChecked; example.com Widget"},
		"looked for, and gone":           {"", referent.NotInstalled, "ReferentServed=False CRDNotInstalled, Permitted=Unknown CRDNotInstalled; example.com Widget"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, document := resource(t, related)
			found := synced
			facts := modelkind.Facts{
				Entry:  registry.Entry{SpecDocument: document, InForce: document.Kind},
				TypeOf: func(kind.Referent) referent.Lookup { return found },
			}
			clock := clocktesting.NewFakePassiveClock(time.Unix(1000, 0))
			r.Status = modelkind.Decide(r, facts, clock)
			if tc.revision != "" {
				r.Status.Revision = tc.revision
			}
			found = referent.Lookup{State: tc.looked, Message: "m"}
			after := modelkind.Decide(r, facts, clock)
			var got []string
			for _, c := range after.Conditions[1:] {
				got = append(got, fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason))
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, ", ")+"; "+after.Referent); diff != "" {
				t.Errorf("conditions and referent (-want +got):\n%s", diff)
			}
		})
	}
}
