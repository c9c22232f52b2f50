package mutation_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/conformance/mutation"
)

// specOf is the kind-spec that a text says, whose types it need not name.
func specOf(t *testing.T, text string) *v1alpha1.ModelKindSpec {
	t.Helper()
	spec := &v1alpha1.ModelKindSpec{}
	if err := yaml.UnmarshalStrict([]byte(text), spec); err != nil {
		t.Fatal(err)
	}
	return spec
}

// Which mutants there are: each once, called by names, and none that decides as
// the kind-spec does.
func TestMutants(t *testing.T) {
	for name, test := range map[string]struct{ spec, want string }{
		"rules": {`
health:
- {name: broken, is: Failed, when: [{condition: Degraded, status: "True", reasonIn: [Broken, Lost]}]}
- {name: up, is: Ready, when: [{condition: Ready, status: "True"}, {path: $.status.replicas, atLeast: 1}]}`, `
drop health.broken
swap health.broken and up
flip health.broken.is
flip health.broken.when[0].status
widen health.broken.when[0].status
drop health.broken.when[0].reasonIn[0]
drop health.broken.when[0].reasonIn[1]
widen health.broken.when[0].reasonIn
drop health.up
flip health.up.is
drop health.up.when[0]
flip health.up.when[0].status
widen health.up.when[0].status
drop health.up.when[1]
widen health.up.when[1].atLeast
raise health.up.when[1].atLeast
lower health.up.when[1].atLeast`},
		"the order of rules that exclude each other, or say the same, does not count": {`
health:
- {name: down, is: Failed, when: [{path: $.a, equals: x}]}
- {name: up, is: Ready, when: [{path: $.a, in: [y]}]}
- {name: served, is: Ready, when: [{path: $.b, exists: true}]}`, `
drop health.down
flip health.down.is
widen health.down.when[0].equals
drop health.up
flip health.up.is
widen health.up.when[0].in
drop health.served
flip health.served.is
flip health.served.when[0].exists`},
		"nor does it between what wants all and what wants one": {`
health:
- {name: up, is: Ready, when: [{path: $.a, match: Any, equals: true}]}
- {name: down, is: Failed, when: [{path: $.a, match: All, equals: false}]}`, `
drop health.up
flip health.up.is
widen health.up.when[0].equals
flip health.up.when[0].equals
flip health.up.when[0].match
drop health.down
flip health.down.is
widen health.down.when[0].equals
flip health.down.when[0].equals
flip health.down.when[0].match`},
		"what another predicate implies is not dropped": {`
health:
- {name: up, is: Ready, when: [{path: $.a, exists: true}, {path: $.a, equals: true}]}`, `
flip health.up.is
flip health.up.when[0].exists
drop health.up.when[1]
flip health.up.when[1].equals`},
		"generations": {`
generation: PerCondition
subjects:
- {as: gateway, object: {group: "", kind: Gateway, versions: [v1], generation: $.status.observedGeneration}}
- {as: parent, each: "$.status.parents[*]", where: [{condition: Accepted, exists: true}]}
health:
- name: up
  is: Ready
  when: [{of: gateway, condition: Ready, exists: true}, {of: parent, condition: Ready, exists: true, anyGeneration: true}]`, `
drop generation
drop subjects.gateway.generation
empty subjects.parent
drop subjects.parent.where[0]
flip subjects.parent.where[0].anyGeneration
flip subjects.parent.where[0].exists
flip health.up.is
drop health.up.when[0]
flip health.up.when[0].exists
drop health.up.when[1]
flip health.up.when[1].anyGeneration
flip health.up.when[1].exists`},
		"entries": {`
subjects:
- {as: taken, all: "$.status.parents[*]", prefer: [{path: $.a, equals: 1}, {path: $.a, equals: 2}]}
- as: listener
  each: $.spec.listeners[*]
  where:
  - agrees: {with: taken, fields: {$.name: $.a, $.namespace: $.b}, absent: {$.namespace: namespace}}
  - {path: $.hostname, intersects: {path: "$.spec.hostnames[*]"}}
  - {path: $.group, in: [a, b], orAbsent: true}
health:
- {name: up, is: Ready, when: [{of: listener, path: $.name, exists: true}]}`, `
empty subjects.taken
drop subjects.taken.prefer[0]
swap subjects.taken.prefer[0] and [1]
widen subjects.taken.prefer[0].equals
raise subjects.taken.prefer[0].equals
drop subjects.taken.prefer[1]
widen subjects.taken.prefer[1].equals
raise subjects.taken.prefer[1].equals
empty subjects.listener
drop subjects.listener.where[0]
flip subjects.listener.where[0].agrees.optional
drop subjects.listener.where[0].agrees.fields[$.name]
drop subjects.listener.where[0].agrees.absent[$.namespace]
drop subjects.listener.where[0].agrees.fields[$.namespace]
drop subjects.listener.where[1]
widen subjects.listener.where[1].intersects
drop subjects.listener.where[2]
drop subjects.listener.where[2].in[0]
drop subjects.listener.where[2].in[1]
drop subjects.listener.where[2].orAbsent
flip health.up.is
flip health.up.when[0].exists`},
		"sources and URLs": {`
subjects:
- {as: route, object: {group: "", kind: Route, versions: [v1], name: [{path: $.a}, {path: $.b}], namespace: [{path: $.c}]}}
values:
  port:
  - {path: $.args, capture: "port=(\\d+)", versions: [v1]}
  - {path: $.ports, key: true, versions: [v2]}
  - {constant: 8000}
endpoint:
- {name: delegated, of: route, kind: Route, only: rules}
- name: parts
  url: {scheme: [{path: $.scheme, lower: true}, {constant: https}], host: [{of: route, path: $.host}], port: [{value: port}], path: [{constant: /v1, when: [{value: port, exists: true}]}]}
- {name: plain, path: $.address, scheme: http, port: 80}`, `
drop subjects.route.name[0]
swap subjects.route.name[0] and [1]
drop subjects.route.name[1]
drop subjects.route.namespace[0]
drop values.port[0]
drop values.port[0].capture
drop values.port[0].versions
drop values.port[1]
swap values.port[1] and [2]
drop values.port[1].key
drop values.port[1].versions
drop values.port[2]
raise values.port[2].constant
drop endpoint.delegated
swap endpoint.delegated and parts
drop endpoint.delegated.only
drop endpoint.parts
swap endpoint.parts and plain
drop endpoint.parts.url.scheme[0]
swap endpoint.parts.url.scheme[0] and [1]
drop endpoint.parts.url.scheme[1]
flip endpoint.parts.url.scheme[1].constant
drop endpoint.parts.url.port[0]
drop endpoint.parts.url.path[0]
drop endpoint.parts.url.path[0].when[0]
flip endpoint.parts.url.path[0].when[0].exists
drop endpoint.plain
flip endpoint.plain.scheme
raise endpoint.plain.port`},
		"the name that goes without saying": {`
subjects: [{as: own, object: {group: "", kind: Pod, versions: [v1], name: [{value: name}], namespace: [{path: $.metadata.namespace}]}}]
health: [{name: up, is: Ready, when: [{of: own, path: $, exists: true}]}]`, `
flip health.up.is
flip health.up.when[0].exists`},
		"the scheme that goes without saying": {`
endpoint: [{name: parts, url: {scheme: [{constant: http}], host: [{path: $.host}]}}]`, `
flip endpoint.parts.url.scheme[0].constant`},
		"what only explains decides nothing": {`
subjects: [{as: pod, object: {group: "", kind: Pod, versions: [v1], generation: PerCondition}}]
values: {why: [{of: pod, path: $.why}, {constant: 1}]}
model: {displayName: [{value: why}]}
health: [{name: up, is: Ready, when: [{path: $.a, exists: true}], because: [{value: why}, {path: $.b}]}]`, `
flip health.up.is
flip health.up.when[0].exists`},
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.Split(strings.TrimSpace(test.want), "\n")
			if diff := cmp.Diff(want, mutation.MutantNames(specOf(t, test.spec))); diff != "" {
				t.Errorf("mutants (-want +got):\n%s", diff)
			}
		})
	}
}

// A mutant is the kind-spec but for the one change, and the kind-spec stays as it is.
func TestMutantIsOneChange(t *testing.T) {
	const spec = `
values: {port: [{path: $.port}, {constant: 80}]}
health: [{name: up, is: Ready, when: [{path: $.a, equals: true}, {path: $.b, exists: true}]}]
endpoint: [{name: plain, path: $.address, when: [{value: port, equals: 80}]}]`
	original := specOf(t, spec)
	for name, want := range map[string]string{
		"swap values.port[0] and [1]":         strings.Replace(spec, "{path: $.port}, {constant: 80}", "{constant: 80}, {path: $.port}", 1),
		"flip health.up.when[0].equals":       strings.Replace(spec, "equals: true", "equals: false", 1),
		"widen health.up.when[0].equals":      strings.Replace(spec, "equals: true", "exists: true", 1),
		"drop endpoint.plain.when[0]":         strings.Replace(spec, ", when: [{value: port, equals: 80}]", "", 1),
		"raise endpoint.plain.when[0].equals": strings.Replace(spec, "equals: 80", "equals: 81", 1),
	} {
		if diff := cmp.Diff(specOf(t, want), mutation.MutantCalled(original, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(specOf(t, spec), original); diff != "" {
		t.Errorf("the kind-spec changed:\n%s", diff)
	}
}

// A rule in front of the others renames no mutant of theirs.
func TestNewRuleRenamesNoMutant(t *testing.T) {
	const rule = `- {name: up, is: Ready, when: [{path: $.a, exists: true}, {path: $.b, exists: true}]}`
	before := mutation.MutantNames(specOf(t, "health:\n"+rule))
	after := mutation.MutantNames(specOf(t, "health:\n- {name: down, is: Failed, when: [{path: $.c, exists: true}]}\n"+rule))
	for _, name := range before {
		if !slices.Contains(after, name) {
			t.Errorf("%s is gone", name)
		}
	}
}

// An author is shown what a backend can be: a condition has a status, and is in its list
// once, a generation begins with 1. Where names are anybody's there may be one more.
func TestChangedObjectsArePossible(t *testing.T) {
	var object map[string]any
	if err := yaml.Unmarshal([]byte(`
apiVersion: example.com/v1
kind: Widget
metadata: {name: granite, namespace: llm, generation: 1}
status:
  conditions: [{type: Ready, status: "True", reason: Up}, {type: Built, status: "False"}]
  parts: {one: {replicas: 1}}
`), &object); err != nil {
		t.Fatal(err)
	}
	object["metadata"].(map[string]any)["generation"] = int64(1)
	spec := specOf(t, `
subjects: [{as: parts, all: $.status.parts.*}]
health: [{is: Ready, when: [{condition: Ready, status: "True", reasonIn: [Up]}, {of: parts, match: All, path: $.replicas, atLeast: 1}]}]`)
	conditions, generation, parts := jsontree.Location{"status", "conditions"}, jsontree.Location{"metadata", "generation"}, jsontree.Location{"status", "parts"}
	largest := 0
	for _, changed := range mutation.Changed(spec, object) {
		types := map[any]bool{}
		list, _ := conditions.In(changed).([]any)
		for _, entry := range list {
			condition, _ := entry.(map[string]any)
			if condition["status"] == nil || types[condition["type"]] {
				t.Errorf("no backend has the conditions %v", list)
			}
			types[condition["type"]] = true
		}
		if n, _ := generation.In(changed).(int64); n < 1 {
			t.Errorf("no object has generation %d", n)
		}
		named, _ := parts.In(changed).(map[string]any)
		largest = max(largest, len(named))
	}
	if largest != 2 {
		t.Errorf("%d parts at most, want one more than there is", largest)
	}
}

// What decides is kept, whatever uses it, and every rule has a name.
func TestDecidingPart(t *testing.T) {
	everything, err := os.ReadFile("../testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec := mutation.Deciding(specOf(t, string(everything)))
	if spec.Model != nil || len(spec.Values) > 0 || spec.Health[0].Because != nil {
		t.Errorf("something is left that decides nothing: %+v", spec)
	}
	var subjects []string
	for _, s := range spec.Subjects {
		subjects = append(subjects, s.As)
	}
	if diff := cmp.Diff([]string{"taken", "gateway", "listener", "backend"}, subjects); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}
