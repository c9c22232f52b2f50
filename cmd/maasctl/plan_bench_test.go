package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// A plan over 10,000 models of a real API server on the same two cores, each of which
// would be worse off, with the lists of models and backends: 4.6 s on two shared cores of
// an AMD EPYC while images were built, and 5.0 s while twenty other processes waited.
func BenchmarkPlanOfACluster(b *testing.B) {
	const most = 10_000
	env := testenv.Start(b)
	namespace, kubeconfig := env.Namespace(b), testenv.Kubeconfig(b, env.Config)
	env.Apply(b, objectsIn(b, plannedKind)...)
	var group errgroup.Group
	group.SetLimit(16)
	for i := range most {
		meta := metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("model-%d", i)}
		group.Go(func() error {
			return env.Client.Create(b.Context(), &corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"verdict": "Up", "url": "https://" + meta.Name + ".example.com/v1"}})
		})
		group.Go(func() error {
			return env.Client.Create(b.Context(), &v1alpha1.MaaSModel{ObjectMeta: *meta.DeepCopy(),
				Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Planned", Name: meta.Name}}})
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "kind.yaml")
	if err := os.WriteFile(file, []byte(change("equals: Up", "equals: Running")), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var out, errOut bytes.Buffer
		args := []string{"plan", "-f", file, "--kubeconfig", kubeconfig, "--trusted-hosts", "*"}
		if code := run(b.Context(), "maasctl", args, ioStreams{in: strings.NewReader(""), out: &out, err: &errOut}); code != cli.Failure || !strings.Contains(out.String(), "10000 worse off") {
			b.Fatalf("exit %d: %s%s", code, out.String(), errOut.String())
		}
	}
}
