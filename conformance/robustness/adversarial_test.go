package robustness_test

import (
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/conformance/robustness"
)

// The suite judges endpoints by rules of its own. What it would let pass, or
// refuse, unlike the engine is a fault in one of the two.
func TestAdversarialEndpointsAreRefusedTwice(t *testing.T) {
	for _, url := range robustness.AdversarialURLs {
		if robustness.AdversarialEndpoint(url) == "" {
			t.Errorf("%q passes the suite", url)
		}
		if _, err := (endpoint.Rules{}).Parse(url); err == nil && strings.Contains(url, ":") {
			t.Errorf("%q passes the engine", url)
		}
	}
	for _, url := range []string{"http://10.96.1.2:8000", "https://models.example.com/llm/granite", "http://[fd12::1]:8080/v1", "http://name.ns.svc.cluster.local"} {
		if why := robustness.AdversarialEndpoint(url); why != "" {
			t.Errorf("%s is refused: it %s", url, why)
		}
	}
}
