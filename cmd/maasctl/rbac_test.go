package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/golden"
)

const roleHead = `# What maas-controller may read for the built-in kinds. Made by maasctl rbac: do not edit. For kinds of
# your own, maasctl rbac KIND-DIR prints a role to apply beside this one.
`

// The committed role is what the built-in kinds need, no more and no less.
func TestCommittedRole(t *testing.T) {
	got := maasctl(t, "", "rbac")
	if got.code != cli.OK {
		t.Fatalf("exit %d: %s", got.code, got.errOut)
	}
	golden.Compare(t, filepath.Join("..", "..", "config", "rbac", "controller-kinds.yaml"), roleHead+got.out)
}

func TestRBAC(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"unpinned/kind.yaml": spec("unpinned"),
		"pinned/kind.yaml":   spec("pinned"),
		"crd.yaml":           widgetCRD,
	})
	t.Chdir(dir)
	if got := maasctl(t, "", "pin", "--crd", "crd.yaml", "--upstream", "example/widgets@v1", "pinned"); got.code != cli.OK {
		t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
	}
	cases := map[string]struct {
		args []string
		code int
		want string
	}{
		"a name of its own, and the label": {[]string{"pinned", "-o", "json"}, cli.OK,
			"    \"name\": \"maas-controller-kinds-pinned\",\n    \"labels\": {\n      \"maas.opendatahub.io/aggregate-to-controller\": \"true\"\n"},
		"list and watch on the resource that the pin names": {[]string{"pinned", "--name", "reads"}, cli.OK, `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  labels:
    maas.opendatahub.io/aggregate-to-controller: "true"
  name: reads
rules:
- apiGroups:
  - example.com
  resources:
  - widgetry
  verbs:
  - list
  - watch
`},
		"without a pin the resource is not guessed": {[]string{"pinned", "unpinned"}, cli.Failure, "beside the kind-spec of unpinned: make it with maasctl pin"},
		"an unknown format":                         {[]string{"-o", "text"}, cli.Usage, "write yaml or json"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"rbac"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.out+got.errOut, c.want) {
				t.Errorf("exit %d, want %d with %s:\n%s%s", got.code, c.code, c.want, got.out, got.errOut)
			}
		})
	}
}
