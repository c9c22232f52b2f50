package main

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/metrics"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// api/METRICS.md describes what this process exposes, and nothing else.
func TestMetricsAreThoseOfThePage(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	backend := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer backend.Close()
	granite := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "llmisvc", Name: "granite"}},
	}
	if err := env.Client.Create(t.Context(), granite); err != nil {
		t.Fatal(err)
	}
	granite.Status = v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: backend.URL, Kind: "llmisvc"}
	if err := env.Client.Status().Update(t.Context(), granite); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), "api", "METRICS.md"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := metrics.Page(string(text))
	if err != nil {
		t.Fatal(err)
	}

	secure := httptest.NewTLSServer(nil)
	secure.Close()
	roots := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	listen, scrape := testenv.FreeAddress(t), testenv.FreeAddress(t)
	exited := make(chan int, 1)
	logs := &lines{}
	go func() {
		exited <- run(ctx, []string{
			"--kubeconfig=" + testenv.Kubeconfig(t, env.Config), "--namespaces=" + namespace,
			"--listen=" + listen, "--metrics-listen=" + scrape, "--shutdown-delay=0",
			"--trusted-hosts=127.0.0.1", "--allow-http", "--allow-cidr=127.0.0.0/8", "--backend-ca-file=" + roots,
		}, io.Discard, logs)
	}()
	defer func() {
		stop()
		<-exited
	}()
	// A list has a probe made, which has a metric of its own.
	testenv.Eventually(t, 30*time.Second, func() error {
		if ids, err := listed(t, "http://"+listen, "alice"); err != nil || cmp.Diff([]string{"granite"}, ids) != "" {
			return fmt.Errorf("alice sees %q, %w, log:\n%s", ids, err, logs)
		}
		return nil
	})
	response, err := http.Get("http://" + scrape + "/metrics") //nolint:forbidigo,noctx // one scrape of this process
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	exposed, err := metrics.Exposed(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, difference := range metrics.Compare(page, exposed) {
		t.Errorf("api/METRICS.md: %s", difference)
	}
}
