package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/metrics"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// METRICS.md describes what this process exposes, and nothing else.
func TestMetricsAreThoseOfThePage(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	text, err := os.ReadFile("METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := metrics.Page(string(text))
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, env.Config, "--kinds-dir", "testdata/kinds", "--state-namespace", namespace)
	// A transition has a metric of its own.
	createModels(t, env, namespace, 1)
	expectPhase(t, env, namespace, v1alpha1.PhaseReady)
	// It is counted right after the status is stored.
	testenv.Eventually(t, patience, func() error {
		exposed, err := metrics.Exposed(strings.NewReader(get(t, "http://"+p.metrics+"/metrics", http.StatusOK)))
		if err != nil {
			return err
		}
		if differences := metrics.Compare(page, exposed); len(differences) > 0 {
			return fmt.Errorf("METRICS.md: %s", strings.Join(differences, "; "))
		}
		return nil
	})
	p.stop(t)
}
