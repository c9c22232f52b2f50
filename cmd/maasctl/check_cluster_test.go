package main

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// A kind is held against what a real API server serves, before and after the CRD
// changes there, and by a reader who may not see CRDs as well.
func TestCheckCluster(t *testing.T) {
	env := server.Env(t)
	widgetFolder(t)
	kubeconfig := testenv.Kubeconfig(t, env.Config)
	limited := rest.CopyConfig(env.Config)
	limited.Impersonate = rest.ImpersonationConfig{UserName: "reader", Groups: []string{"system:authenticated"}}
	outside := testenv.Kubeconfig(t, limited)
	expect := func(code int, file string, says []string, args ...string) error {
		got := maasctl(t, "", append([]string{"check", "pinned", "--kubeconfig", file}, args...)...)
		for _, part := range says {
			if !strings.Contains(got.out+got.errOut, part) {
				return fmt.Errorf("%q is missing in:\n%s%s", part, got.out, got.errOut)
			}
		}
		if got.code != code {
			return fmt.Errorf("exit %d, want %d:\n%s%s", got.code, code, got.out, got.errOut)
		}
		return nil
	}
	steps := []struct {
		// install is the folder with the CRD; empty to leave things as they are.
		install, kubeconfig string
		code                int
		args, says          []string
	}{
		{"", kubeconfig, cli.OK, nil, []string{"1 absent"}},
		{"", kubeconfig, cli.Failure, []string{"--require"}, []string{"1 absent"}},
		{"same", kubeconfig, cli.OK, nil, []string{"1 same", "there is widgetry.example.com of https://"}},
		{"", outside, cli.OK, nil, []string{"1 same", "note: the CRDs may not be read"}},
		{"next", kubeconfig, cli.Failure, nil, []string{"1 broken", "$.status.url", "v3: is served now"}},
		{"", outside, cli.Failure, nil, []string{"1 broken", "$.status.url", "pinned/kind.yaml:8: candidate url", "v3: is served now"}},
	}
	for i, step := range steps {
		if step.install != "" {
			env.InstallCRDs(t, step.install)
		}
		// The API server writes its OpenAPI document in the background.
		testenv.Eventually(t, 20*time.Second, func() error {
			if err := expect(step.code, step.kubeconfig, step.says, step.args...); err != nil {
				return fmt.Errorf("step %d: %w", i, err)
			}
			return nil
		})
	}
	env.UninstallCRDs(t, "widgetry.example.com")

	// The kinds that read what is built into Kubernetes, and the cluster that kubectl
	// would ask.
	t.Setenv("KUBECONFIG", kubeconfig)
	got := maasctl(t, "", "check", "--cluster", "--kind", "Deployment", "--kind", "Service")
	if got.code != cli.OK || !strings.Contains(got.out, "2 kinds, 4 verdicts: 4 same") {
		t.Errorf("exit %d:\n%s%s", got.code, got.out, got.errOut)
	}
}

// A cluster that refuses or hangs is one fault, and the pins are read all the same.
func TestCheckClusterThatDoesNotAnswer(t *testing.T) {
	widgetFolder(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	for name, c := range map[string]struct{ address, says string }{
		"refuses": {testenv.FreeAddress(t), "connection refused"},
		"hangs":   {silent.Addr().String(), "no answer within 300ms, which --timeout can make longer"},
	} {
		t.Run(name, func(t *testing.T) {
			kubeconfig := testenv.Kubeconfig(t, &rest.Config{Host: "http://" + c.address})
			got := maasctl(t, "", "check", "pinned", "unpinned", "--kubeconfig", kubeconfig, "--timeout", "300ms")
			if got.code != cli.Usage || strings.TrimSpace(got.out) != "no verdict" {
				t.Errorf("exit %d:\n%s", got.code, got.out)
			}
			for _, part := range []string{c.says, "unpinned/kind.yaml: no referent.yaml", "2 faults"} {
				if !strings.Contains(got.errOut, part) {
					t.Errorf("%q is missing in:\n%s", part, got.errOut)
				}
			}
		})
	}
}
