package kind_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Rules and candidates have a name: the one that is given, or one made from what
// they say, and no two have the same.
func TestNames(t *testing.T) {
	for name, test := range map[string]struct {
		spec              string
		rules, candidates []string
	}{
		"given": {`{health: [{name: up, is: Ready, when: [{condition: Ready}]}], endpoint: [{name: external, path: $.status.url}]}`,
			[]string{"up"}, []string{"external"}},
		"a condition, and the verdict once": {`{health: [{is: Ready, when: [{condition: Ready}]}, {is: Failed, when: [{condition: example.com/Broken-Down}]}]}`,
			[]string{"ready", "failedExamplecomBrokenDown"}, nil},
		"the word that a path has to have": {`{health: [{is: Failed, when: [{path: $.status.phase, equals: Lost}]}, {is: Failed, when: [{path: $.status.phase, equals: Failed}]}]}`,
			[]string{"failedLost", "failed"}, nil},
		"the last name of a path": {`{health: [{is: Ready, when: [{path: "$.status.replicas[0]", atLeast: 1}]}], endpoint: [{path: "$.status.addresses[*].url"}, {path: "$.status['a b']"}]}`,
			[]string{"readyReplicas"}, []string{"url", "ab"}},
		"a subject": {`{health: [{is: Ready, when: [{of: backends, path: $, exists: true}]}, {of: route, kind: HTTPRoute}], endpoint: [{of: address, path: $}, {of: route, kind: HTTPRoute}]}`,
			[]string{"readyBackends", "route"}, []string{"address", "route"}},
		"other sources": {`{endpoint: [{template: "http://{name}"}, {value: external}, {constant: "http://a"}, {condition: Ready}, {url: {host: [{value: name}]}}]}`,
			[]string{}, []string{"template", "external", "constant", "ready", "url"}},
		"two alike are numbered": {`{health: [{is: Ready, when: [{condition: Ready}]}, {is: Ready, when: [{condition: Ready}]}, {is: Ready, when: [{condition: Ready}]}],
  endpoint: [{path: $.a.url}, {path: $.b.url}]}`, []string{"ready", "ready2", "ready3"}, []string{"url", "url2"}},
		"a given one is not taken by a made one before it": {`{endpoint: [{path: $.a.url}, {path: $.b.url}, {name: url, path: $.c.url}, {name: url3, path: $.d.url}]}`,
			[]string{}, []string{"url2", "url4", "url", "url3"}},
		"nothing to make one of": {`{health: [{is: Ready, when: [{path: $, exists: true}]}], endpoint: [{path: "$.*"}, {path: "$[0]"}]}`,
			[]string{"ready"}, []string{"path", "path2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var spec v1alpha1.ModelKindSpec
			if err := yaml.Unmarshal([]byte(test.spec), &spec); err != nil {
				t.Fatal(err)
			}
			if test.candidates == nil {
				test.candidates = []string{}
			}
			if diff := cmp.Diff(test.rules, kind.RuleNames(&spec)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.candidates, kind.CandidateNames(&spec)); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
		})
	}
}
