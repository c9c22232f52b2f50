package main

import (
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

const whyObjects = `apiVersion: v1
kind: Service
metadata: {name: vllm, namespace: llm}
spec: {selector: {app: vllm}, ports: [{name: http, port: 8000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: vllm, namespace: llm, generation: 1}
status: {observedGeneration: 1, availableReplicas: 1, conditions: [{type: Available, status: "True"}]}
`

const whyModels = `---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: one, namespace: llm}
spec: {modelRef: {kind: Deployment, name: vllm}}
---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: two, namespace: llm}
spec: {modelRef: {kind: Service, name: vllm}}
---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: three, namespace: llm}
spec: {modelRef: {kind: Service, name: other}}
`

// An object leads to the kinds that read it, and to the models that look at it.
func TestWhy(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		args  []string
		code  int
		// says are parts of the output in their order, silent is in none of it.
		says   []string
		silent string
	}{
		"a Service, as the backend and beside one": {whyObjects + whyModels, nil, cli.OK, []string{
			"Service llm/vllm", "Deployment           beside it, as service", "Service              the backend",
			"llm/one (Deployment) has it as beside it: Service llm/vllm", "Ready by available", "endpoint http://vllm.llm.svc:8000 by service/url",
			"llm/two (Service) has it as the backend", "by url"}, "llm/three"},
		"a Deployment, which is not the first": {whyObjects + whyModels, []string{"deployment/vllm"}, cli.OK,
			[]string{"Deployment.apps llm/vllm", "InferenceSet         by a kind that it hands objects on to", "llm/one (Deployment) has it as the backend"}, "llm/two"},
		"by kind and group":              {whyObjects + whyModels, []string{"deployments.apps", "vllm"}, cli.OK, []string{"Deployment.apps llm/vllm"}, "llm/two"},
		"a MaaSModel":                    {whyModels, []string{"MaaSModel", "three"}, cli.OK, []string{"MaaSModel            the backend", "llm/three (Service) has it as the MaaSModel itself", "Pending by no rule"}, "llm/one"},
		"no model":                       {whyObjects, []string{"-o", "json"}, cli.OK, []string{`"object": "Service llm/vllm"`, `"as": "the backend"`, `"rule": "unknown"`, `"imagined": true`}, `"model":`},
		"as YAML":                        {whyObjects, []string{"-o", "yaml"}, cli.OK, []string{"imagined: true", "object: Service llm/vllm"}, "model:"},
		"what nothing reads":             {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}" + "\n" + whyModels, nil, cli.OK, []string{"ConfigMap a", "Kinds that read it\n  none", "MaaSModels that look at it\n  none"}, "llm/"},
		"an object that is not there":    {whyObjects, []string{"Service/other"}, cli.Failure, []string{"no Service other is in the files"}, "llm/"},
		"nothing but models":             {whyModels, nil, cli.Failure, []string{"nothing but MaaSModels"}, "llm/"},
		"two objects":                    {whyObjects, []string{"Service", "a", "b"}, cli.Usage, []string{"one object"}, "llm/"},
		"a format that there is not":     {whyObjects, []string{"-o", "xml"}, cli.Usage, []string{"is no format"}, "llm/"},
		"an escape in the object's name": {"{apiVersion: v1, kind: Service, metadata: {name: \"a\\u001b[2J\", namespace: llm}}", nil, cli.OK, []string{"Service llm/a"}, "\x1b"},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, c.input, append([]string{"why", "-f", "-"}, c.args...)...)
			if got.code != c.code {
				t.Fatalf("exit %d, want %d: %s", got.code, c.code, got.errOut)
			}
			rest := got.out + got.errOut
			if strings.Contains(rest, c.silent) {
				t.Errorf("%q is in:\n%s", c.silent, rest)
			}
			for _, part := range c.says {
				_, after, ok := strings.Cut(rest, part)
				if !ok {
					t.Fatalf("%q is missing, or not in its place, in:\n%s%s", part, got.out, got.errOut)
				}
				rest = after
			}
		})
	}
	if got := maasctl(t, "", "why"); got.code != cli.Usage || !strings.Contains(got.errOut, "say which object") {
		t.Errorf("exit %d: %s", got.code, got.errOut)
	}
}
