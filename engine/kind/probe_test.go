package kind_test

import (
	"testing"

	"github.com/maas-kinds/maas/engine/kind"
)

func TestProbeURL(t *testing.T) {
	probe := kind.DefaultProbe()
	for endpoint, want := range map[string]string{
		"https://h":            "https://h/v1/models",
		"https://h/":           "https://h/v1/models",
		"https://h:1/a/b":      "https://h:1/a/b/v1/models",
		"https://h/a%2Fb/":     "https://h/a%2Fb/v1/models",
		"http://[2001:db8::1]": "http://[2001:db8::1]/v1/models",
	} {
		got, err := probe.URL(endpoint)
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", endpoint, got, err, want)
		}
	}
}
