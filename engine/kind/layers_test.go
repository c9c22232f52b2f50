package kind_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// One value of the wrong type is one fault, wherever it is: the layers behind
// the one that finds it neither repeat it nor complain of what is left out.
func TestLoadOneFault(t *testing.T) {
	files, err := filepath.Glob("testdata/rows/*/kind.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no kind-specs: %v", err)
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
		broken, fields := fstest.MapFS{}, map[string]string{}
		breakEach(spec, "", func(field string) {
			name := fmt.Sprintf("%d.yaml", len(fields))
			content, err := yaml.Marshal(spec)
			if err != nil {
				t.Fatal(err)
			}
			broken[name], fields[name] = &fstest.MapFile{Data: content}, field
		})
		_, err = registry.Load(registry.Source{FS: kinds.FS, Background: true}, registry.Source{FS: broken})
		var faults syntax.Faults
		if !errors.As(err, &faults) {
			t.Fatalf("got %v, want faults", err)
		}
		for _, fault := range faults {
			if strings.Contains(fault.Message, "is claimed by") {
				continue // The schema takes any type there, and a spec without fault collides with the others.
			}
			field := fields[fault.File]
			if !strings.HasPrefix(fault.Field, field) && !strings.HasPrefix(field, fault.Field) {
				t.Errorf("%s: with %s broken: %s", file, field, fault)
			}
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
