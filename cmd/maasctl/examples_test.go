package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// The examples are statuses of real backends, each with a comment that names
// the upstream source of every field. They are not part of this repository.
func TestExplainExamples(t *testing.T) {
	dir := os.Getenv("EXAMPLES_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "examples")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no examples: set EXAMPLES_DIR to their folder (%v)", err)
	}
	type decision struct {
		Kind     string  `json:"kind"`
		Event    string  `json:"event"`
		Phase    string  `json:"phase"`
		Ready    bool    `json:"ready"`
		Endpoint *string `json:"endpoint"`
	}
	const (
		llm     = "http://203.0.113.10/llm/qwen2-7b-instruct-single"
		isvc    = "http://qwen-llm.example.com/openai"
		knative = "http://qwen.llm.example.com"
		ray     = "http://ray-serve-llm-serve-svc.llm.svc:8000"
		nim     = "http://10.96.120.17:8000"
		llama   = "http://llamastackdistribution-sample-service.llm.svc.cluster.local:8321"
	)
	cases := map[string]struct {
		kind, event, fromPending, fromReady, endpoint string
	}{
		"kserve-llminferenceservice/just-created.yaml":         {"llmisvc", "BackendProgressing", "Pending", "Unhealthy", ""},
		"kserve-llminferenceservice/progressing.yaml":          {"llmisvc", "BackendProgressing", "Pending", "Unhealthy", llm},
		"kserve-llminferenceservice/ready.yaml":                {"llmisvc", "BackendReady", "Ready", "Ready", llm},
		"kserve-llminferenceservice/ready-then-not-ready.yaml": {"llmisvc", "BackendProgressing", "Pending", "Unhealthy", llm},
		"kserve-llminferenceservice/failed.yaml":               {"llmisvc", "BackendFailed", "Failed", "Failed", ""},
		"kserve-inferenceservice/just-created.yaml":            {"InferenceService", "BackendProgressing", "Pending", "Unhealthy", ""},
		"kserve-inferenceservice/progressing.yaml":             {"InferenceService", "BackendProgressing", "Pending", "Unhealthy", ""},
		"kserve-inferenceservice/ready.yaml":                   {"InferenceService", "BackendReady", "Ready", "Ready", isvc},
		"kserve-inferenceservice/failed.yaml":                  {"InferenceService", "BackendFailed", "Failed", "Failed", ""},
		"knative-service/just-created.yaml":                    {"KnativeService", "BackendProgressing", "Pending", "Unhealthy", ""},
		"knative-service/progressing.yaml":                     {"KnativeService", "BackendProgressing", "Pending", "Unhealthy", knative},
		"knative-service/ready.yaml":                           {"KnativeService", "BackendReady", "Ready", "Ready", knative},
		"knative-service/failed.yaml":                          {"KnativeService", "BackendFailed", "Failed", "Failed", knative},
		"kuberay-rayservice/just-created.yaml":                 {"RayService", "BackendProgressing", "Pending", "Unhealthy", ray},
		"kuberay-rayservice/progressing.yaml":                  {"RayService", "BackendProgressing", "Pending", "Unhealthy", ray},
		"kuberay-rayservice/ready.yaml":                        {"RayService", "BackendReady", "Ready", "Ready", ray},
		"kuberay-rayservice/failed.yaml":                       {"RayService", "BackendFailed", "Failed", "Failed", ray},
		"nim-nimservice/just-created.yaml":                     {"NIMService", "BackendProgressing", "Pending", "Unhealthy", ""},
		"nim-nimservice/progressing.yaml":                      {"NIMService", "BackendProgressing", "Pending", "Unhealthy", ""},
		"nim-nimservice/ready.yaml":                            {"NIMService", "BackendReady", "Ready", "Ready", nim},
		"nim-nimservice/ready-then-not-ready.yaml":             {"NIMService", "BackendProgressing", "Pending", "Unhealthy", nim},
		"nim-nimservice/failed.yaml":                           {"NIMService", "BackendFailed", "Failed", "Failed", ""},
		"llamastack-distribution/just-created.yaml":            {"LlamaStack", "BackendProgressing", "Pending", "Unhealthy", ""},
		"llamastack-distribution/progressing.yaml":             {"LlamaStack", "BackendProgressing", "Pending", "Unhealthy", llama},
		"llamastack-distribution/ready.yaml":                   {"LlamaStack", "BackendReady", "Ready", "Ready", llama},
		"llamastack-distribution/ready-then-not-ready.yaml":    {"LlamaStack", "BackendProgressing", "Pending", "Unhealthy", llama},
		"llamastack-distribution/failed.yaml":                  {"LlamaStack", "BackendFailed", "Failed", "Failed", ""},
	}
	for file, c := range cases {
		for previous, phase := range map[string]string{"Pending": c.fromPending, "Ready": c.fromReady} {
			t.Run(file+" from "+previous, func(t *testing.T) {
				got := maasctl(t, "", "explain", "-f", filepath.Join(dir, file), "--phase", previous, "-o", "json")
				if got.code != cli.OK || got.errOut != "" {
					t.Fatalf("exit %d: %s", got.code, got.errOut)
				}
				var d decision
				if err := json.Unmarshal([]byte(got.out), &d); err != nil {
					t.Fatal(err)
				}
				want := decision{Kind: c.kind, Event: c.event, Phase: phase, Ready: phase == "Ready"}
				if c.endpoint != "" {
					want.Endpoint = &c.endpoint
				}
				if diff := cmp.Diff(want, d); diff != "" {
					t.Errorf("decision (-want +got):\n%s", diff)
				}
			})
		}
	}
}
