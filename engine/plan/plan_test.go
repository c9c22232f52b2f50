package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

const widgetKind = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: widget}
spec:
  description: d
  aliases: [wg]
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health:
    - {name: broken, is: Failed, when: [{path: $.status.verdict, equals: Broken}]}
    - {name: up, is: Ready, when: [{path: $.status.verdict, equals: Up}]}
  endpoint: [{name: inside, path: $.status.url}]
  model: {contextLength: [{path: $.status.length}]}
`

// Backends and models: one that is up, one on its way with an address, one that is broken, and one whose
// model says the kind's alias.
func world() ([]*v1alpha1.MaaSModel, *plan.Objects) {
	objects := plan.NewObjects()
	put(objects, "example.com", "Widget", "widgets",
		object("up", `{verdict: Up, url: "http://up.models.svc/v1", outside: "https://up.example.com/v1", length: 4096, other: 8192}`),
		object("starting", `{verdict: Starting, url: "http://starting.models.svc"}`),
		object("broken", `{verdict: Broken}`))
	put(objects, "", "Service", "services") // none leads out of the cluster
	return []*v1alpha1.MaaSModel{
		model("up", "Widget", "up", v1alpha1.PhaseReady), model("starting", "Widget", "starting", v1alpha1.PhasePending),
		model("broken", "Widget", "broken", v1alpha1.PhaseFailed), model("aliased", "wg", "up", v1alpha1.PhaseReady),
		model("nobody", "Gadget", "up", v1alpha1.PhaseFailed),
	}, objects
}

func put(objects *plan.Objects, group, kindName, plural string, all ...*unstructured.Unstructured) {
	t := kind.Referent{Group: group, Kind: kindName, Versions: []string{"v1"}}
	gvk := t.GroupKind().WithVersion("v1")
	for _, o := range all {
		o.SetGroupVersionKind(gvk)
	}
	objects.Put(t, plan.Listing{Type: gvk, Namespaced: true, Plural: plural, Objects: all})
}

func object(name, status string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{}}
	if err := yaml.Unmarshal([]byte(`{metadata: {namespace: models, name: `+name+`}, status: `+status+`}`), &o.Object); err != nil {
		panic(err)
	}
	return o
}

func model(name, kindName, of string, at v1alpha1.Phase) *v1alpha1.MaaSModel {
	return &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: "models", Name: name, Generation: 1},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: kindName, Name: of}},
		Status:     v1alpha1.MaaSModelStatus{Phase: at, ID: name},
	}
}

func load(t testing.TB, specs ...string) *kind.Set {
	t.Helper()
	files := fstest.MapFS{}
	for i, spec := range specs {
		files[fmt.Sprintf("%d.yaml", i)] = &fstest.MapFile{Data: []byte(spec)}
	}
	set, err := registry.Load(registry.Source{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func builtIn(t testing.TB, name string) string {
	t.Helper()
	content, err := kinds.FS.ReadFile(name + "/kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func of(t testing.TB, q plan.Question) plan.Plan {
	t.Helper()
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	q.Now = time.Unix(1_800_000_000, 0)
	p, err := plan.Of(t.Context(), machine, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func with(old, replacement string) func(string) string {
	return func(spec string) string { return strings.Replace(spec, old, replacement, 1) }
}

// brief has a line for each model of which something would change.
func brief(p plan.Plan) []string {
	lines := []string{}
	for _, c := range p.Changes {
		line := fmt.Sprintf("%s %s: %s %s → %s %s", c.Effect, c.Name, c.Before.Phase, c.Before.Reason, c.After.Phase, c.After.Reason)
		if c.Before.Endpoint != c.After.Endpoint {
			line += fmt.Sprintf(", %q → %q", c.Before.Endpoint, c.After.Endpoint)
		}
		for _, d := range c.Entry {
			if c.Before.Listed != c.After.Listed {
				break // the whole entry comes or goes
			}
			line += fmt.Sprintf(", %s %s → %s", d.Field, d.Before, d.After)
		}
		lines = append(lines, line)
	}
	return lines
}

// What becomes of models when their kind changes.
func TestModels(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		why    string
		change func(string) string
		want   []string
	}{
		"nothing": {"equal revisions decide equally", with("", ""), []string{}},
		"words": {"whom nothing happens to is not told of: the rule has another name and decides alike",
			with("name: up", "name: serving"), []string{}},
		"never ready": {"Ready → not Ready is the worst, and both models of the backend have it",
			with("equals: Up", "equals: Upp"),
			[]string{"NotReady aliased: Ready Ready → Unhealthy BackendProgressing", "NotReady up: Ready Ready → Unhealthy BackendProgressing"}},
		"endpoint lost": {"a model that is on its way had an address, and leaves the lists",
			with("path: $.status.url", "path: $.status.none"), []string{
				`NotReady aliased: Ready Ready → Unhealthy EndpointMissing, "http://up.models.svc/v1" → ""`,
				`NotReady up: Ready Ready → Unhealthy EndpointMissing, "http://up.models.svc/v1" → ""`,
				`Unlisted starting: Pending BackendProgressing → Pending BackendProgressing, "http://starting.models.svc" → ""`,
			}},
		"another host": {"tokens would go elsewhere",
			with("[{name: inside, path: $.status.url}]", "[{path: $.status.outside}, {path: $.status.url}]"), []string{
				`Moved aliased: Ready Ready → Ready Ready, "http://up.models.svc/v1" → "https://up.example.com/v1"`,
				`Moved up: Ready Ready → Ready Ready, "http://up.models.svc/v1" → "https://up.example.com/v1"`,
			}},
		"another path": {"the same host is asked", with("path: $.status.url}", `path: $.status.url, capture: "^(http://up[^/]*)"}, {path: $.status.url}`), []string{
			`Changed aliased: Ready Ready → Ready Ready, "http://up.models.svc/v1" → "http://up.models.svc"`,
			`Changed up: Ready Ready → Ready Ready, "http://up.models.svc/v1" → "http://up.models.svc"`,
		}},
		"refused": {"who was on the way would have to be mended by somebody", with("equals: Broken", "equals: Starting"), []string{
			"Failed starting: Pending BackendProgressing → Failed BackendFailed",
			"Changed broken: Failed BackendFailed → Pending BackendProgressing",
		}},
		"an alias is given up": {"the models that say it are of no kind", with("aliases: [wg]", "aliases: [widg]"), []string{
			`NotReady aliased: Ready Ready → Failed KindUnknown, "http://up.models.svc/v1" → ""`}},
		"an alias is new": {"models that said it in vain would work", with("aliases: [wg]", "aliases: [wg, Gadget]"), []string{
			`Better nobody: Failed KindUnknown → Ready Ready, "" → "http://up.models.svc/v1"`}},
		"the entry": {"what the list says", with("$.status.length", "$.status.other"), []string{
			"Changed aliased: Ready Ready → Ready Ready, contextLength 4096 → 8192", "Changed up: Ready Ready → Ready Ready, contextLength 4096 → 8192"}},
		"who sees it": {"without a probe everybody does", with("  model:", "  probe: {policy: Never}\n  model:"), []string{
			"Changed aliased: Ready Ready → Ready Ready, probe GET /v1/models, expects NoPage, accepts 200-299 405 → not asked: every caller sees the model while it is Ready",
			"Changed starting: Pending BackendProgressing → Pending BackendProgressing, probe GET /v1/models, expects NoPage, accepts 200-299 405 → not asked: every caller sees the model while it is Ready",
			"Changed up: Ready Ready → Ready Ready, probe GET /v1/models, expects NoPage, accepts 200-299 405 → not asked: every caller sees the model while it is Ready",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			models, objects := world()
			p := of(t, plan.Question{Models: models, Before: load(t, widgetKind), After: load(t, tc.change(widgetKind)),
				Reader: objects.Reader, Served: objects.Served})
			if diff := cmp.Diff(tc.want, brief(p)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
			if p.Summary.Unchanged+len(p.Changes) != len(models) {
				t.Errorf("the summary is %+v of %d models", p.Summary, len(models))
			}
		})
	}
}

// A change goes through the models that stand for another one, as far as they do.
func TestAliasesOfAModel(t *testing.T) {
	t.Parallel()
	models, objects := world()
	models = append(models[:1], model("second", "MaaSModel", "up", v1alpha1.PhaseReady), model("third", "MaaSModel", "second", v1alpha1.PhaseReady),
		model("apart", "MaaSModel", "none", v1alpha1.PhasePending))
	standing := `{phase: Ready, endpoint: "http://up.models.svc/v1", model: {contextLength: 4096}}`
	up, second := object("up", standing), object("second", standing)
	for _, o := range []*unstructured.Unstructured{up, second} {
		of := map[string]string{"up": "Widget", "second": "MaaSModel"}[o.GetName()]
		o.Object["spec"] = map[string]any{"modelRef": map[string]any{"kind": of, "name": "up"}}
		o.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MaaSModel"))
	}
	objects.Put(kind.Referent{Group: v1alpha1.GroupVersion.Group, Kind: "MaaSModel", Versions: []string{"v1alpha1"}},
		plan.Listing{Type: v1alpha1.GroupVersion.WithKind("MaaSModel"), Namespaced: true, Objects: []*unstructured.Unstructured{up, second}})
	alias := builtIn(t, "MaaSModel")
	p := of(t, plan.Question{Models: models, Before: load(t, widgetKind, alias), After: load(t, with("equals: Up", "equals: Upp")(widgetKind), alias),
		Reader: objects.Reader, Served: objects.Served})
	want := []string{
		"NotReady second: Ready Ready → Unhealthy BackendProgressing",
		"NotReady third: Ready Ready → Unhealthy BackendProgressing",
		"NotReady up: Ready Ready → Unhealthy BackendProgressing",
	}
	if diff := cmp.Diff(want, brief(p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := up.Object["status"].(map[string]any)["phase"]; got != "Ready" {
		t.Errorf("planning has changed an object: %v", got)
	}
}

// Where something is not known nothing is said of what follows.
func TestUndecided(t *testing.T) {
	t.Parallel()
	models, objects := world()
	objects.Put(kind.Referent{Group: "example.com", Kind: "Gate", Versions: []string{"v1"}}, plan.Listing{Unknown: "gates may not be listed"})
	after := with("  endpoint:", `  subjects: [{as: gate, object: {group: example.com, kind: Gate, versions: [v1]}}]
  endpoint:`)(with("path: $.status.url", "of: gate, path: $.spec.url")(widgetKind))
	p := of(t, plan.Question{Models: models, Before: load(t, widgetKind), After: load(t, after), Reader: objects.Reader, Served: objects.Served})
	if want := 4; p.Summary.Effects[plan.EffectUndecided] != want || p.Summary.Harmed != 0 {
		t.Errorf("the summary is %+v, want %d undecided", p.Summary, want)
	}
	for _, c := range p.Changes {
		if c.Why != "gates may not be listed" {
			t.Errorf("%s is undecided because %q", c.Name, c.Why)
		}
	}
}

// A model whose endpoint the API does not trust is in no list.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	models, objects := world()
	trust, faults := endpoint.NewTrust(nil, "")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	after := with("path: $.status.url", "path: $.status.outside")(widgetKind)
	p := of(t, plan.Question{Models: models[:1], Before: load(t, widgetKind), After: load(t, after), Reader: objects.Reader, Served: objects.Served, Trust: &trust})
	if p.Summary.Effects[plan.EffectUnlisted] != 1 {
		t.Errorf("the summary is %+v, want one that is Unlisted: %v", p.Summary, brief(p))
	}
}

// Kinds, watches and roles: a kind that nobody uses is allowed for, and not watched.
func TestKindsAndTypes(t *testing.T) {
	t.Parallel()
	models, objects := world()
	put(objects, "example.com", "Gate", "gates")
	objects.Put(kind.Referent{Group: "example.com", Kind: "Absent", Versions: []string{"v1"}},
		plan.Listing{Reason: v1alpha1.ReasonCRDNotInstalled, Message: "install it"})
	put(objects, "example.org", "Spare", "spares")
	reads := func(spec, other string) string {
		return with("  endpoint:", "  subjects: [{as: beside, object: {group: example.com, kind: "+other+", versions: [v1]}}]\n  endpoint:")(
			with("path: $.status.url}", "path: $.status.url}, {of: beside, path: $.spec.url}")(spec))
	}
	spare := strings.NewReplacer("widget", "spare", "Widget", "Spare", "example.com", "example.org", "[wg]", "[sp]").Replace(widgetKind)
	for name, tc := range map[string]struct {
		before, after []string
		want          string
	}{
		"more is read": {[]string{widgetKind}, []string{reads(widgetKind, "Gate")},
			"kinds ~Widget(4); watches + example.com/v1 Gate; roles +example.com/gates"},
		"less is read": {[]string{reads(widgetKind, "Gate")}, []string{widgetKind},
			"kinds ~Widget(4); watches - example.com/v1 Gate; roles -example.com/gates"},
		"what is not served": {[]string{widgetKind}, []string{reads(widgetKind, "Absent")},
			"kinds ~Widget(4); watches + Absent.example.com, which is not served; roles ?Absent.example.com"},
		"a kind without models": {[]string{widgetKind}, []string{widgetKind, spare}, "kinds +Spare(0); watches; roles +example.org/spares"},
		"a kind that goes":      {[]string{widgetKind, spare}, []string{spare}, "kinds -Widget(4); watches - example.com/v1 Widget; roles -example.com/widgets"},
	} {
		t.Run(name, func(t *testing.T) {
			models, objects := models, objects
			p := of(t, plan.Question{Models: models, Before: load(t, tc.before...), After: load(t, tc.after...), Reader: objects.Reader, Served: objects.Served})
			if diff := cmp.Diff(tc.want, types(p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func types(p plan.Plan) string {
	said := "kinds"
	for _, k := range p.Kinds {
		mark := "~"
		switch {
		case k.Before == nil:
			mark = "+"
		case k.After == nil:
			mark = "-"
		}
		said += fmt.Sprintf(" %s%s(%d)", mark, k.Name, k.Models)
	}
	said += "; watches"
	for _, w := range p.Watches.Added {
		said += " + " + w.String()
	}
	for _, w := range p.Watches.Removed {
		said += " - " + w.String()
	}
	said += "; roles"
	for _, r := range p.Roles.Added {
		said += " +" + r.APIGroups[0] + "/" + strings.Join(r.Resources, ",")
	}
	for _, r := range p.Roles.Removed {
		said += " -" + r.APIGroups[0] + "/" + strings.Join(r.Resources, ",")
	}
	for _, name := range p.Roles.Unnamed {
		said += " ?" + name
	}
	return said
}
