package conformance_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/page"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
)

const (
	proxiedKind = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Proxied}
spec:
  description: a widget behind a proxy
  referent: {group: example.com, kind: Widget, versions: [v1]}
  parameters:
    proxyURL: {type: URL, description: where callers reach the proxy}
    replicas: {type: Integer, description: how many replicas are enough, default: 2}
  health: [{name: up, is: Ready, when: [{path: $.status.replicas, atLeast: {value: replicas}}]}]
  noFailure: a widget publishes a count of replicas
  endpoint: [{name: proxy, template: "{proxyURL}/{name}"}]
`
	proxiedSources = `apiVersion: maas.opendatahub.io/v1alpha1
kind: Sources
spec: {facts: [{fact: replicas counts those that answer, fields: {status.replicas: []}, notEstablished: this is a test}]}
`
	proxiedCases = `apiVersion: maas.opendatahub.io/v1alpha1
kind: Cases
spec:
  parameters: {proxyURL: "https://a.example.com"}
  objects: [{as: widget, object: {apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: n, uid: u}, status: {replicas: 2}}}]
  cases:
    - name: ready
      description: there are as many as are enough
      expect: {phase: Ready, endpoint: "https://a.example.com/w", rule: up, candidate: proxy, reason: BackendReady}
    - name: progressing
      description: there are fewer than this installation wants
      parameters: {replicas: 3}
      expect: {phase: Pending, endpoint: "https://a.example.com/w", rule: null, candidate: proxy, reason: BackendProgressing}
    - name: noStatus
      description: there is no status just after it was made
      parameters: {proxyURL: "https://b.example.com"}
      patch: {widget: {status: null}}
      expect: {phase: Pending, endpoint: "https://b.example.com/w", rule: null, candidate: proxy, reason: BackendProgressing}
    - name: terminating
      description: one that is being deleted is lost
      patch: {widget: {metadata: {deletionTimestamp: "2026-09-15T10:00:00Z"}}}
      expect: {phase: Pending, endpoint: null, rule: null, candidate: null, reason: ReferentTerminating}
`
)

// What cases set of a kind's parameters is what they are decided by.
func TestCasesWithParameters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes []string
		// want are parts of what fails; none where all is well.
		want []string
	}{
		"all is well": {nil, nil},
		"unset": {[]string{`  parameters: {proxyURL: "https://a.example.com"}` + "\n", ""}, []string{
			`cases.yaml:3: spec.parameters.proxyURL: the parameter proxyURL has no default: write "proxyURL: https://models.example.com" here`}},
		"of another type": {[]string{`proxyURL: "https://a.example.com"`, "proxyURL: 7", "replicas: 3", `replicas: "3"`}, []string{
			"cases.yaml:4: spec.parameters.proxyURL: is a number, and the parameter is a URL",
			"cases.yaml:12: spec.cases[1].parameters.replicas: is a string, and the parameter is an Integer"}},
		"unknown": {[]string{"{replicas: 3}", "{replica: 3}"}, []string{
			"cases.yaml:12: spec.cases[1].parameters.replica: the kind Proxied has no parameter of that name, did you mean replicas?"}},
		"nothing depends on a default": {[]string{"status: {replicas: 2}", "status: {replicas: 5}", "{replicas: 3}", "{replicas: 6}"}, []string{"change parameters.replicas.default"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := strings.NewReplacer(test.changes...).Replace(proxiedCases)
			proof := prove(t, registry.Source{Name: "Proxied", FS: fstest.MapFS{"kind.yaml": {Data: []byte(proxiedKind)}, "cases.yaml": {Data: []byte(cases)}, "sources.yaml": {Data: []byte(proxiedSources)}}}, "L3")
			var failed []string
			for _, level := range proof.Levels {
				for _, result := range level.Checks {
					if result.Outcome == check.Failed {
						failed = append(failed, level.ID+" "+result.Name+": "+result.Message)
					}
				}
			}
			all := strings.Join(failed, "\n")
			if len(test.want) == 0 && all != "" {
				t.Error(all)
			}
			for _, want := range test.want {
				if !strings.Contains(all, want) {
					t.Errorf("nothing says %q:\n%s", want, all)
				}
			}
		})
	}
}

// The page says what an installation has to set.
func TestPageOfParameters(t *testing.T) {
	t.Parallel()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(registry.Source{Name: "Proxied", FS: fstest.MapFS{"kind.yaml": {Data: []byte(proxiedKind)}, "cases.yaml": {Data: []byte(proxiedCases)}}})
	if err != nil {
		t.Fatal(err)
	}
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	page, err := page.Of(t.Context(), machine, folders[0], "")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(page, "| parameter |")
	table, _, _ = strings.Cut(table, "\n\n")
	want := ` is a | when it is not set | meaning |
| --- | --- | --- | --- |
| ` + "`proxyURL`" + ` | URL | the kind is not in force | where callers reach the proxy |
| ` + "`replicas`" + ` | Integer | ` + "`2`" + ` | how many replicas are enough |`
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
