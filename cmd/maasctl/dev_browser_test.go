package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/maas-kinds/maas/conformance/browser"
	"github.com/maas-kinds/maas/conformance/workbench/playground"
)

// TestDevInBrowser has Chromium open the workbench in front of maasctl dev, and by itself
// as make playground builds it. What has to be seen is written in
// conformance/workbench/browser.
func TestDevInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles WebAssembly and installs a browser")
	}
	static := filepath.Join(t.TempDir(), "playground")
	size, err := playground.Build(t.Context(), static)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the engine has %d bytes, %d compressed", size.Plain, size.Compressed)
	alone := httptest.NewServer(http.FileServer(http.Dir(static)))
	defer alone.Close()
	dir := devFolder(t)
	browser.Run(t, []string{
		"MAAS_URL=" + startDev(t, dir), "MAAS_STATIC_URL=" + alone.URL, "MAAS_KIND=" + filepath.Join(dir, "kind.yaml"),
	}, "conformance/workbench/browser/workbench.test.js")
}
