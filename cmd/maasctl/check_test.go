package main

import (
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"pinned/kind.yaml":   spec("pinned"),
		"unpinned/kind.yaml": spec("unpinned"),
		"crd.yaml":           widgetCRD,
		"next.yaml":          strings.NewReplacer("url:", "address:", "name: v2", "name: v3").Replace(widgetCRD),
		"renamed.yaml":       strings.Replace(widgetCRD, "url:", "uri:", 1),
		"other.yaml":         strings.ReplaceAll(widgetCRD, "example.com", "example.org"),
	})
	t.Chdir(dir)
	if got := maasctl(t, "", "pin", "--crd", "crd.yaml", "--upstream", "example/widgets@v1", "pinned"); got.code != cli.OK {
		t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
	}
	cases := map[string]struct {
		args []string
		code int
		says string
	}{
		"the very file":                  {[]string{"pinned", "--crd", "crd.yaml"}, cli.OK, "1 kind, no drift"},
		"a field is gone":                {[]string{"pinned", "--crd", "renamed.yaml"}, cli.Failure, "pinned: Widget.example.com v2 $.status.url: is not there any more, did you mean uri?"},
		"a version is gone":              {[]string{"pinned", "--crd", "next.yaml"}, cli.Failure, "pinned: Widget.example.com v2: is not served any more, there is v3"},
		"for programs":                   {[]string{"pinned", "--crd", "renamed.yaml", "-o", "json"}, cli.Failure, `[{"kind":"pinned","message":"is not there any more, did you mean uri?","path":"$.status.url","type":"Widget.example.com","version":"v2"}]`},
		"no drift for programs":          {[]string{"pinned", "--crd", "crd.yaml", "-o", "json"}, cli.OK, "[]\n"},
		"the type is gone":               {[]string{"pinned", "--crd", "other.yaml"}, cli.Failure, "Widget.example.com: no such type is there any more"},
		"types that are not installed":   {[]string{"pinned", "--crd", "other.yaml", "--ignore-missing"}, cli.OK, "0 kinds, no drift"},
		"no pin":                         {[]string{"unpinned", "--crd", "crd.yaml"}, cli.Failure, "make it with maasctl pin"},
		"nothing to hold it against":     {[]string{"pinned"}, cli.Usage, "--crd PATH or --kubeconfig FILE"},
		"no kind":                        {[]string{"--crd", "crd.yaml"}, cli.Usage, "at least one KIND-DIR"},
		"a kubeconfig that is not there": {[]string{"pinned", "--kubeconfig", "none"}, cli.Failure, "--kubeconfig"},
		"a format that is none":          {[]string{"pinned", "--crd", "crd.yaml", "-o", "xml"}, cli.Usage, "text, json or yaml"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"check"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.out+got.errOut, c.says) {
				t.Errorf("exit %d, want %d with %s:\n%s%s", got.code, c.code, c.says, got.out, got.errOut)
			}
		})
	}
}
