package kind_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// One value of the wrong type is one fault, wherever it is: the layers behind
// the one that finds it neither repeat it nor complain of what is left out.
func TestLoadOneFault(t *testing.T) {
	files, err := filepath.Glob("testdata/rows/*/kind.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no kind-specs: %v", err)
	}
	language, err := kind.NewLanguage()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var spec map[string]any
		if err := yaml.Unmarshal(content, &spec); err != nil {
			t.Fatal(err)
		}
		all := 0
		breakEach(spec, "", func(field string) {
			_, err := language.Compile(file, runtime.DeepCopyJSON(spec))
			var faults syntax.Faults
			if !errors.As(err, &faults) && err != nil {
				t.Fatal(err)
			}
			all += len(faults) // None is right where the schema takes any type.
			for _, fault := range faults {
				if !strings.HasPrefix(fault.Field, field) && !strings.HasPrefix(field, fault.Field) {
					t.Errorf("%s: with %s broken: %s", file, field, fault)
				}
			}
		})
		if all == 0 {
			t.Errorf("%s: nothing that is broken in it is a fault", file)
		}
	}
}

// breakEach calls look once for every value of a tree, while that value is an
// object that is expected nowhere.
func breakEach(value any, field string, look func(field string)) {
	wrong := map[string]any{"no": "field"}
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			at := strings.TrimPrefix(field+"."+key, ".")
			breakEach(child, at, look)
			v[key] = wrong
			look(at)
			v[key] = child
		}
	case []any:
		for i, child := range v {
			at := fmt.Sprintf("%s[%d]", field, i)
			breakEach(child, at, look)
			v[i] = wrong
			look(at)
			v[i] = child
		}
	}
}
