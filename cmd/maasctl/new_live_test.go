package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const liveWidget = `apiVersion: apps/v1
kind: Deployment
metadata: {name: vllm, namespace: NAMESPACE, annotations: {example.com/creator: jane@example.org}}
spec:
  selector: {matchLabels: {app: vllm}}
  template: {metadata: {labels: {app: vllm}}, spec: {containers: [{name: c, image: i, args: [--max-model-len=8192], env: [{name: HF_TOKEN, value: very-secret}]}]}}
---
apiVersion: v1
kind: Service
metadata: {name: vllm, namespace: NAMESPACE}
spec: {selector: {app: vllm}, ports: [{name: http, port: 8000}]}
---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: mine, namespace: NAMESPACE}
spec: {modelRef: {kind: Deployment, name: vllm}}
`

// A draft, a record and the reasons are made of an object of a real API server.
func TestLive(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	kubeconfig := testenv.Kubeconfig(t, env.Config)
	objects, err := object.Read([]byte(strings.ReplaceAll(liveWidget, "NAMESPACE", namespace)))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if err := env.Client.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	live := func(args ...string) result {
		return maasctl(t, "", append(args, "-n", namespace, "--kubeconfig", kubeconfig)...)
	}
	if got := live("why", "svc/vllm"); got.code != cli.OK || !strings.Contains(got.out, namespace+"/mine (Deployment) has it as beside it: Service "+namespace+"/vllm\n    Pending by no rule") {
		t.Errorf("why: exit %d: %s%s", got.code, got.out, got.errOut)
	}
	if got := live("new", "deploy", "vllm", "--name", "Once", "--dir", dir); got.code != cli.OK || !strings.Contains(got.errOut, "nothing that was given says that it is ready") {
		t.Fatalf("new: exit %d: %s", got.code, got.errOut)
	}
	if got := live("new", "deploy", "gone", "--name", "Gone", "--dir", dir); got.code != cli.Failure || !strings.Contains(got.errOut, "reading the Deployment "+namespace+"/gone") {
		t.Errorf("new of nothing: exit %d: %s", got.code, got.errOut)
	}
	recorded(t, env.Client, objects[0], []string{"new", "deployments.apps", "vllm", "--record", dir, "--name", "Seen", "--settle", "100ms", "-n", namespace, "--kubeconfig", kubeconfig})
	for folder, says := range map[string]string{
		"Once": "say-what-is-ready; {of: service, kind: Service}; contextLength; 8192",
		"Seen": "- {is: Ready, when: [{condition: Available, status: \"True\"}]}; False (Pulling); True (Answering); {of: service, kind: Service}",
	} {
		content, err := os.ReadFile(filepath.Join(dir, folder, "kind.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(says, "; ") {
			if !strings.Contains(string(content), part) {
				t.Errorf("%s: %q is missing in:\n%s", folder, part, content)
			}
		}
		cases, err := os.ReadFile(filepath.Join(dir, folder, "cases.yaml"))
		if err != nil || strings.Contains(string(cases), "very-secret") || strings.Contains(string(cases), "jane@") || strings.Contains(string(cases), "managedFields") {
			t.Errorf("%s: %v, or more is in it than should be:\n%s", folder, err, cases)
		}
	}
	if got := maasctl(t, "", "test", filepath.Join(dir, "Seen"), "--write-expectations"); got.code != cli.OK {
		t.Errorf("the recorded cases: %s%s", got.out, got.errOut)
	}
	if _, err := os.Lstat(filepath.Join(dir, "Gone")); err == nil {
		t.Error("a folder is left of what failed")
	}
}

// recorded has an object change while it is recorded, and stops that as Ctrl-C does.
func recorded(t *testing.T, c client.Client, o *unstructured.Unstructured, args []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	done := make(chan int, 1)
	var out, errs strings.Builder
	go func() { done <- run(ctx, "maasctl", args, ioStreams{out: &out, err: &errs}) }()
	cases := filepath.Join(args[4], "Seen", "cases.yaml")
	for _, condition := range []string{"", "False Pulling", "True Answering"} {
		status, reason, ok := strings.Cut(condition, " ")
		if ok {
			changed := o.DeepCopy()
			if err := c.Get(t.Context(), client.ObjectKeyFromObject(o), changed); err != nil {
				t.Fatal(err)
			}
			changed.Object["status"] = map[string]any{"observedGeneration": int64(1), "conditions": []any{map[string]any{"type": "Available", "status": status, "reason": reason}}}
			if err := c.Status().Update(t.Context(), changed); err != nil {
				t.Fatal(err)
			}
		}
		testenv.Eventually(t, 30*time.Second, func() error {
			content, err := os.ReadFile(cases)
			if err == nil && !strings.Contains(string(content), reason) {
				return os.ErrNotExist
			}
			return err
		})
	}
	stop()
	if code := <-done; code != cli.OK {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
