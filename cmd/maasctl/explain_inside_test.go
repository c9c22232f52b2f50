package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// A Service beside the backend says where the endpoint leads, whether the kind
// reads it or not. Without it nothing is refused: it may be anything.
func TestExplainInside(t *testing.T) {
	const (
		backend = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: granite, namespace: llm}
status:
  conditions: [{type: Ready, status: "True"}]
  modelStatus: {transitionStatus: UpToDate, states: {activeModelState: Loaded}}
  address: {url: "http://granite-predictor.llm.svc.cluster.local"}
`
		service = `---
apiVersion: v1
kind: Service
metadata: {name: granite-predictor, namespace: llm}
spec: `
		external = service + "{type: ExternalName, externalName: evil.example}\n"
		bare     = service + "{type: ClusterIP, clusterIP: None}\n"
		slice    = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: granite-x, namespace: llm, labels: {kubernetes.io/service-name: granite-predictor}}
addressType: IPv4
endpoints: [{addresses: ["203.0.113.9"]}]
`
	)
	for name, test := range map[string]struct {
		objects string
		args    []string
		reason  string
		says    string
	}{
		"without the Service":             {objects: backend, reason: v1alpha1.ReasonReady},
		"with one of Pods":                {objects: backend + service + "{selector: {app: granite}}\n", reason: v1alpha1.ReasonReady},
		"with an ExternalName":            {objects: backend + external, reason: v1alpha1.ReasonEndpointOutsideCluster, says: `leads to "evil.example"`},
		"with addresses outside":          {objects: backend + bare + slice, reason: v1alpha1.ReasonEndpointOutsideCluster, says: "--cluster-cidrs"},
		"with addresses that are allowed": {objects: backend + bare + slice, args: []string{"--allow-cidr", "203.0.113.0/24"}, reason: v1alpha1.ReasonReady},
		"with addresses that are said to be inside": {objects: backend + bare + slice, args: []string{"--cluster-cidrs", "10.96.0.0/12,203.0.113.0/24"},
			reason: v1alpha1.ReasonReady},
		"an ExternalName is the backend": {objects: strings.TrimPrefix(external, "---\n"), args: []string{"--kind", "Service"},
			reason: v1alpha1.ReasonEndpointMissing},
		"an ExternalName with a port is": {objects: strings.Replace(strings.TrimPrefix(external, "---\n"), "type:", "ports: [{port: 80}], type:", 1), args: []string{"--kind", "Service"},
			reason: v1alpha1.ReasonEndpointOutsideCluster, says: "ExternalName"},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, test.objects, append([]string{"explain", "-f", "-", "-o", "json"}, test.args...)...)
			if got.code != cli.OK || got.errOut != "" {
				t.Fatalf("exit %d: %s", got.code, got.errOut)
			}
			var e explanation
			if err := json.Unmarshal([]byte(got.out), &e); err != nil {
				t.Fatal(err)
			}
			ready := readyOf(t, e)
			if ready.Reason != test.reason || !strings.Contains(ready.Message, test.says) {
				t.Errorf("%s: %s; want %s, saying %q", ready.Reason, ready.Message, test.reason, test.says)
			}
		})
	}
}
