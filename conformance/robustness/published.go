package robustness

import (
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// publishing is a kind that reads only what the text of an endpoint is made of.
// What else is read decides whether and from where there is one, and no text of it
// can be in one.
func publishing(language *kind.Language, f *cases.Folder) (*kind.Kind, error) {
	exists := true
	spec := f.Spec.DeepCopy()
	spec.Name, spec.Generation, spec.Model, spec.Probe = f.Kind.Name(), "", nil, nil
	spec.Health = []v1alpha1.HealthRule{{Is: v1alpha1.VerdictReady, When: []v1alpha1.Predicate{{Path: "$.metadata.name", Exists: &exists}}}}
	for i := range spec.Subjects {
		spec.Subjects[i].Where, spec.Subjects[i].Prefer = nil, nil
	}
	for _, sources := range spec.Values {
		always(sources)
	}
	for i := range spec.Endpoint {
		spec.Endpoint[i].When = nil
		if u := spec.Endpoint[i].URL; u != nil {
			always(u.Scheme)
			always(u.Host)
			always(u.Port)
			always(u.Path)
		}
	}
	vet.Prune(spec)
	k, err := language.CompileSpec(f.Name, &v1alpha1.ModelKind{ObjectMeta: metav1.ObjectMeta{Name: strings.ToLower(f.Kind.Name())}, Spec: *spec})
	var refused syntax.Faults
	switch {
	case errors.As(err, &refused):
		return f.Kind.Alone(), nil // which reads that and more
	case err != nil:
		return nil, fmt.Errorf("what the endpoint of %s is made of: %w", f.Name, err)
	}
	return k, nil
}

func always(sources v1alpha1.Sources) {
	for i := range sources {
		sources[i].When = nil
	}
}
