package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// A model of a cluster, with objects that its kind reads beside its backend.
func TestExplainModel(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	kubeconfig := testenv.Kubeconfig(t, env.Config)
	create := func(name, kindName string) {
		t.Helper()
		err := env.Client.Create(t.Context(), &v1alpha1.MaaSModel{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: kindName, Name: name}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	create("vllm", "Deployment")
	create("gone", "Deployment")
	create("knative", "KnativeService")
	create("typo", "Deploymnt")
	create("outside", "Service")
	create("inside", "Service")
	objects, err := object.Read([]byte(strings.ReplaceAll(`apiVersion: apps/v1
kind: Deployment
metadata: {name: vllm, namespace: NAMESPACE}
spec:
  replicas: 1
  selector: {matchLabels: {app: vllm}}
  template: {metadata: {labels: {app: vllm}}, spec: {containers: [{name: c, image: i}]}}
status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{type: Available, status: "True"}]}
---
apiVersion: v1
kind: Service
metadata: {name: vllm, namespace: NAMESPACE}
spec: {selector: {app: vllm}, ports: [{name: http, port: 8000}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: NAMESPACE}
spec: {type: ExternalName, externalName: evil.example, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: inside, namespace: NAMESPACE}
spec: {clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: inside, namespace: NAMESPACE, labels: {kubernetes.io/service-name: inside}}
addressType: IPv4
endpoints: [{addresses: [10.96.0.77]}]
`, "NAMESPACE", namespace)))
	if err != nil {
		t.Fatal(err)
	}
	env.Apply(t, objects...)

	for name, test := range map[string]struct {
		model  string
		code   int
		phase  v1alpha1.Phase
		reason string
		says   string
	}{
		"ready, by a Deployment and its Service": {"vllm", cli.OK, v1alpha1.PhaseReady, v1alpha1.ReasonReady, ""},
		"a backend that is not there":            {"gone", cli.OK, v1alpha1.PhasePending, v1alpha1.ReasonReferentNotFound, ""},
		"a backend whose type is not served":     {"knative", cli.OK, v1alpha1.PhasePending, v1alpha1.ReasonCRDNotInstalled, ""},
		"a Service that leads outside":           {"outside", cli.OK, v1alpha1.PhaseFailed, v1alpha1.ReasonEndpointOutsideCluster, ""},
		"one that leads into a known network":    {"inside", cli.OK, v1alpha1.PhaseReady, v1alpha1.ReasonReady, ""},
		"a kind that there is not":               {"typo", cli.Failure, "", "", "did you mean Deployment?"},
		"a model that there is not":              {"none", cli.Failure, "", "", namespace + "/none"},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", "explain", "--kubeconfig", kubeconfig, "-n", namespace, test.model, "-o", "json")
			if got.code != test.code || !strings.Contains(got.errOut, test.says) {
				t.Fatalf("exit code %d, want %d, saying %q: %s", got.code, test.code, test.says, got.errOut)
			}
			if test.code != cli.OK {
				return
			}
			var e explanation
			if err := json.Unmarshal([]byte(got.out), &e); err != nil {
				t.Fatal(err)
			}
			ready := readyOf(t, e)
			if e.Phase != test.phase || ready.Reason != test.reason {
				t.Errorf("%s, %s; want %s, %s", e.Phase, ready.Reason, test.phase, test.reason)
			}
		})
	}
}
