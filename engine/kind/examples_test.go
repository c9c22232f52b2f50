package kind_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind"
)

// The operators' own objects, where the machine has them, through the recipes
// that are made for them. The first document is the referent.
func TestRecipesOnExamples(t *testing.T) {
	dir := os.Getenv("EXAMPLES_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "examples")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no examples of real objects: %v", err)
	}
	const (
		service = "http://vllm-qwen.llm.svc:80"
		ray     = "http://ray-serve-llm-serve-svc.llm.svc.cluster.local:8000"
		nim     = "http://10.96.120.17:8000"
	)
	for file, test := range map[string]struct {
		row  string
		want rowVerdict
	}{
		"maas-externalmodel/ready.yaml": {"R07-external-model", rowVerdict{Health: kind.HealthReady,
			Endpoint: "https://maas.apps.example.com/llm/gpt-4o-mini",
			Reads:    []string{"HTTPRoute llm/maas-gpt-4o-mini", "Gateway openshift-ingress/maas-default-gateway"}}},
		"core-service-deployment/ready.yaml":                {"R06-deployment", rowVerdict{Health: kind.HealthReady, Endpoint: service, Reads: []string{"Service llm/vllm-qwen"}}},
		"core-service-deployment/just-created.yaml":         {"R06-deployment", rowVerdict{Health: kind.HealthProgressing, Stale: true, Endpoint: service, Reads: []string{"Service llm/vllm-qwen"}}},
		"core-service-deployment/progressing.yaml":          {"R06-deployment", rowVerdict{Health: kind.HealthProgressing, Endpoint: service, Reads: []string{"Service llm/vllm-qwen"}}},
		"core-service-deployment/ready-then-not-ready.yaml": {"R06-deployment", rowVerdict{Health: kind.HealthProgressing, Endpoint: service, Reads: []string{"Service llm/vllm-qwen"}}},
		"core-service-deployment/failed.yaml":               {"R06-deployment", rowVerdict{Health: kind.HealthFailed, Endpoint: service, Reads: []string{"Service llm/vllm-qwen"}}},
		"kuberay-rayservice/ready.yaml":                     {"R03-template", rowVerdict{Health: kind.HealthReady, Endpoint: ray}},
		"kuberay-rayservice/failed.yaml":                    {"R03-template", rowVerdict{Health: kind.HealthProgressing, Endpoint: ray}},
		"nim-nimservice/ready.yaml":                         {"R04-complete-url", rowVerdict{Health: kind.HealthReady, Endpoint: nim}},
		"nim-nimservice/just-created.yaml":                  {"R04-complete-url", rowVerdict{Health: kind.HealthProgressing}},
		"nim-nimservice/failed.yaml":                        {"R13-state-words", rowVerdict{Health: kind.HealthFailed}},
	} {
		t.Run(file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			c := rowCase{Want: test.want}
			for _, document := range bytes.Split(content, []byte("\n---")) {
				var object map[string]any
				if err := yaml.Unmarshal(document, &object); err != nil {
					t.Fatal(err)
				}
				if object != nil {
					c.Objects = append(c.Objects, object)
				}
			}
			c.hold(t, loadKind(t, filepath.Join("testdata/rows", test.row)))
		})
	}
}
