package conformance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance"
)

// A kind-spec that says everything, and how its page and its report say that.
const spoken = `
description: A kind that says everything once
referent: {group: example.com, kind: Route, versions: [v1, v1beta1]}
generation: PerCondition
unhealthyAfter: 10s
subjects:
- as: taken
  all: $.status.parents[*]
  where:
  - {condition: Accepted, status: "True", anyGeneration: true}
  - {path: $.kind, equals: Gateway, orAbsent: true}
- as: gateway
  object: {group: example.com, kind: Gateway, versions: [v1], name: [{of: taken, path: $.name}], namespace: [{of: taken, path: $.namespace}, {value: namespace}], generation: $.status.observedGeneration}
- as: listener
  of: gateway
  each: $.spec.listeners[*]
  where:
  - agrees: {with: taken, "on": {$.name: $.sectionName, $.namespace: $.namespace}, optional: true, absent: {$.namespace: namespace}}
  - {path: $.hostname, intersects: {path: "$.spec.hostnames[*]"}}
  prefer: [{path: $.protocol, equals: HTTPS}, {path: $.protocol, in: [HTTP, TLS]}]
- {as: pods, object: {group: "", kind: Pod, versions: [v1], labels: {app: "{name}"}}}
- {as: backend, object: {group: "", kind: Service, versions: [v1]}}
values:
  context: [{of: pods, path: "$.spec.containers[*].args", capture: "len=(\\d+)"}, {constant: 4096}]
health:
- {name: refused, is: Failed, when: [{of: taken, match: All, condition: Accepted, status: "False", reasonIn: [A, B, C]}], because: [{condition: Accepted}, {path: $.status.message}]}
- {name: served, is: Ready, when: [{of: backend, versions: [v1], path: $, exists: true}, {condition: Lost, exists: false}]}
- {name: handed, of: backend, kind: Service}
endpoint:
- name: listener
  when: [{of: taken, match: Any, path: $.name, exists: true}]
  url:
    scheme: [{of: listener, path: $.protocol, lower: true}]
    host: [{path: "$.spec.hostnames[*]", intersects: {of: listener, path: $.hostname}}, {of: gateway, path: $.address}]
    port: [{of: listener, path: $.port}]
- {name: handed, of: backend, kind: Service}
- {name: plain, path: $.status.address, scheme: http, port: 80}
probe: {policy: WhenAwake, accept: [200, 4xx], expect: JSON}
model: {displayName: [{path: $.metadata.name}]}
`

func TestDescription(t *testing.T) {
	want := "| reads | type | freshness |" + `
| --- | --- | --- |
| the referent | Route.example.com v1, v1beta1 | each condition's own generation |
| gateway, called of taken: $.name$ in namespace of taken: $.namespace$, else the value $namespace$ | Gateway.example.com v1 | $.status.observedGeneration$ |
| pods, labelled $app={name}$ | Pod v1 | not known |
| backend, of the referent's name | Service v1 | not known |

| entry | of | where | first |
| --- | --- | --- | --- |
| taken, all | $.status.parents[*]$ | condition $Accepted$ is True, of any generation **and** $.kind$ is $Gateway$, or is not there |  |
| listener, the first | of gateway: $.spec.listeners[*]$ | agrees with taken in $.name$ with $.sectionName$, $.namespace$ (left out: the value $namespace$), each where both have it **and** $.hostname$ has a host in common with $.spec.hostnames[*]$ | $.protocol$ is $HTTPS$, then $.protocol$ is $HTTP$ or $TLS$ |

| value | is the first of |
| --- | --- |
| $context$ | of pods: $.spec.containers[*].args$, the group of $len=(\d+)$<br>always $4096$ |

## Health

The first rule that holds decides.

| rule | when | backend is |
| --- | --- | --- |
| | the status is of another generation | Progressing |
| $refused$ | all of taken: condition $Accepted$ is False, for the reason $A$, $B$ or $C$ | Failed, for the reason in the message of condition $Accepted$, else $.status.message$ |
| $served$ | of backend in version $v1$: it is there **and** there is no condition $Lost$ | Ready |
| $handed$ | backend is there | as $Service$ says of backend |
| | none of these | Progressing |

## Endpoint

The first candidate that yields a valid URL wins.

| candidate | is |
| --- | --- |
| $listener$ | scheme: of listener: $.protocol$, in lower case<br>host: $.spec.hostnames[*]$, as far as it has hosts in common with of listener: $.hostname$, else of gateway: $.address$<br>port: of listener: $.port$<br>while any of taken: $.name$ is there |
| $handed$ | as $Service$ says of backend |
| $plain$ | $.status.address$, with $http://$ before it unless it has a scheme, with port $80$ unless it has one |

A caller is let in when $GET$ of the endpoint's $/v1/models$ gives $200$ or $4xx$, and a 2xx is JSON.

While it is Servable it is not asked: it is listed to those whom it has let in within the last ten minutes.

`
	got := strings.NewReplacer("`$", "$", "`", "$").Replace(conformance.Described(specOf(t, spoken)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
}

func TestFeaturesOfEverything(t *testing.T) {
	want := []string{
		"ConditionReasons", "Conditions", "Delegation", "EndpointCompletion", "EndpointParts", "EndpointPreference", "EntryPreference",
		"GenerationGate", "GenerationPerCondition", "HostnameIntersection", "Joins", "ListEntries", "ModelEnrichment", "NamedValues",
		"OwnDwell", "ProbeWhenAwake", "RelatedByLabels", "RelatedObjects", "SeveralVersions", "TextPatterns",
	}
	folder := conformance.Folder{Spec: specOf(t, spoken)}
	if diff := cmp.Diff(want, folder.Features()); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

// What decides is kept, whatever uses it, and every rule has a name.
func TestDecidingPart(t *testing.T) {
	spec := conformance.Deciding(specOf(t, spoken))
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
