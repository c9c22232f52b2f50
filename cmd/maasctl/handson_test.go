package main

import (
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// outerSpec is a kind that hands on to the built-in kind Service.
const outerSpec = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: outer}
spec:
  description: a ConfigMap that names a Service
  referent: {group: "", kind: ConfigMap, versions: [v1]}
  subjects:
    - {as: service, object: {group: "", kind: Service, versions: [v1], name: [{path: $.data.service}]}}
  health: [{of: service, kind: Service}]
  endpoint: [{of: service, kind: Service}]
`

const outerObjects = `apiVersion: v1
kind: ConfigMap
metadata: {name: front, namespace: llm}
data: {service: granite}
---
apiVersion: v1
kind: Service
metadata: {name: granite, namespace: llm}
spec: {selector: {app: granite}, ports: [{name: http, port: 8000}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: granite-x, namespace: llm, labels: {kubernetes.io/service-name: granite}}
endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
ports: [{name: http, port: 9000}]
`

// The folder of a kind that hands on to a built-in one is enough for every
// command: that one is there, what it reads is granted, and what it says is told
// as its own.
func TestHandsOnToBuiltIn(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"outer/kind.yaml": outerSpec, "objects.yaml": outerObjects,
		"wrong/kind.yaml":   strings.NewReplacer("name: outer", "name: wrong", "kind: Service}", "kind: Servise}").Replace(outerSpec),
		"unfit/kind.yaml":   strings.NewReplacer("name: outer", "name: unfit", "kind: Service}", "kind: Deployment}").Replace(outerSpec),
		"Service/kind.yaml": strings.NewReplacer("name: outer", "name: service", "kind: ConfigMap", "kind: Service", "kind: Service, versions: [v1], name: [{path: $.data.service}]", "kind: ConfigMap, versions: [v1]", "of: service, kind: Service", "of: service, kind: outer").Replace(outerSpec),
	})
	t.Chdir(dir)
	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"lint", []string{"lint", "outer"}, cli.OK, []string{"1 kind, no faults"}},
		{"lint of a kind that there is not", []string{"lint", "wrong"}, cli.Failure, []string{"wrong/kind.yaml:", `spec.health[0].kind: no kind is called "Servise", did you mean Service?`, "spec.endpoint[0].kind"}},
		{"lint of a kind for other objects", []string{"lint", "unfit"}, cli.Failure, []string{"service is a Service, and the kind Deployment reads Deployment.apps"}},
		{"lint beside one that takes its place", []string{"lint", "outer", "Service"}, cli.Failure, []string{"circle"}},
		{"pin", []string{"pin", "outer"}, cli.OK, []string{"ConfigMap of k8s.io/api", "Service of k8s.io/api"}},
		{"rbac", []string{"rbac", "outer"}, cli.OK, []string{"name: maas-controller-kinds-outer\n", "- configmaps\n  - services\n", "- endpointslices\n"}},
		{"explain", []string{"explain", "--kinds-dir", "outer", "-f", "objects.yaml"}, cli.OK,
			[]string{"Ready: ConfigMap llm/front", "http://granite.llm.svc:8000", "service/url, as the kind Service finds it", "✓ service.name ", "✓ service/ready.when[0] ", "✓ service/url "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := maasctl(t, "", c.args...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d", got.code, c.code)
			}
			for _, part := range c.says {
				if !strings.Contains(got.out+got.errOut, part) {
					t.Errorf("%q is missing in:\n%s%s", part, got.out, got.errOut)
				}
			}
		})
	}
}
