package page_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/workbench/page"
)

// Either engine comes with every file that the page loads, and with no other engine.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, engine := range []page.Engine{page.Server, page.WebAssembly} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			files, err := page.Files(engine)
			if err != nil {
				t.Fatal(err)
			}
			var names, loaded []string
			var index string
			imports := regexp.MustCompile(`(?m)(?:from|^import) '\./([^']+)'|"assets/([^"]+)"`)
			for _, f := range files {
				names = append(names, f.Name)
				if f.ContentType == "" || len(f.Body) == 0 {
					t.Errorf("%s has the type %q and %d bytes", f.Name, f.ContentType, len(f.Body))
				}
				if f.Name == "" {
					index = string(f.Body)
				}
				if f.Name == "worker.js" {
					continue // what it loads the builder of the folder adds
				}
				for _, match := range imports.FindAllStringSubmatch(string(f.Body), -1) {
					loaded = append(loaded, match[1]+match[2])
				}
			}
			slices.Sort(loaded)
			for _, name := range slices.Compact(loaded) {
				if !slices.Contains(names, name) {
					t.Errorf("%s is loaded and is not there: %v", name, names)
				}
			}
			if slices.Contains(names, string(page.Server)) || slices.Contains(names, string(page.WebAssembly)) {
				t.Errorf("both engines are there: %v", names)
			}
			_, policy, _ := strings.Cut(index, `http-equiv="Content-Security-Policy" content="`)
			policy, _, _ = strings.Cut(policy, `"`)
			if diff := cmp.Diff(page.Policy, html.UnescapeString(policy)); diff != "" {
				t.Errorf("the policy in the page (-want +got):\n%s", diff)
			}
		})
	}
}
