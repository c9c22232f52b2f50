package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// What was traced is at an OTLP/HTTP receiver when the process has ended, as the
// standard variables say, and no token is in it.
func TestTracesAreSentBeforeTheEnd(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	const token = "private-token"
	received := make(chan []byte, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && r.URL.Path == "/v1/traces" {
			received <- body
		}
	}))
	defer receiver.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.URL)
	t.Setenv("OTEL_SERVICE_NAME", "listing")
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000") // so that nothing is sent before the end

	backend := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer backend.Close()
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "llmisvc", Name: "granite"}},
	}
	if err := env.Client.Create(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	model.Status = v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: backend.URL, Kind: "llmisvc"}
	if err := env.Client.Status().Update(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	listen, logs, exited := testenv.FreeAddress(t), &lines{}, make(chan int, 1)
	go func() {
		exited <- run(ctx, []string{
			"--kubeconfig=" + testenv.Kubeconfig(t, env.Config), "--namespaces=" + namespace,
			"--listen=" + listen, "--metrics-listen=0", "--shutdown-delay=0", "--drain-timeout=30s",
			"--trusted-hosts=127.0.0.1", "--allow-http", "--allow-cidr=127.0.0.0/8",
		}, io.Discard, logs)
	}()
	testenv.Eventually(t, 30*time.Second, func() error {
		if ids, err := listed(t, "http://"+listen, token); err != nil || cmp.Diff([]string{"granite"}, ids) != "" {
			return fmt.Errorf("%q, %w, log:\n%s", ids, err, logs)
		}
		return nil
	})
	stop()
	if code := <-exited; code != 0 {
		t.Fatalf("exit code %d, log:\n%s", code, logs)
	}
	close(received)
	spans, services := map[string]int{}, map[string]bool{}
	for body := range received {
		if bytes.Contains(body, []byte(token)) {
			t.Error("the token is in what is sent")
		}
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			t.Fatal(err)
		}
		for _, resource := range request.GetResourceSpans() {
			for _, attribute := range resource.GetResource().GetAttributes() {
				if attribute.GetKey() == "service.name" {
					services[attribute.GetValue().GetStringValue()] = true
				}
			}
			for _, scope := range resource.GetScopeSpans() {
				for _, span := range scope.GetSpans() {
					spans[span.GetName()]++
				}
			}
		}
	}
	if spans["GET /v1/models"] == 0 || spans["GET"] != 1 || cmp.Diff(map[string]bool{"listing": true}, services) != "" {
		t.Errorf("spans %v of %v, want requests, one probe, and the service listing; log:\n%s", spans, services, logs)
	}
	if strings.Contains(logs.String(), "traces were lost") {
		t.Errorf("the log says that traces were lost:\n%s", logs)
	}
}

// A variable that cannot be followed keeps the process from starting.
func TestWrongTraceVariables(t *testing.T) {
	t.Setenv("OTEL_TRACES_EXPORTER", "zipkin")
	var out bytes.Buffer
	code := run(t.Context(), []string{"--kubeconfig=" + testenv.Kubeconfig(t, server.Env(t).Config)}, &out, &out)
	if code != 1 || !strings.Contains(out.String(), "OTEL_TRACES_EXPORTER") {
		t.Errorf("exit code %d, want 1; output:\n%s", code, out.String())
	}
}
