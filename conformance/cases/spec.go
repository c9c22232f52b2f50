package cases

import (
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// ObjectTypes are the types of objects that are read, that of the referent first.
func ObjectTypes(spec *v1alpha1.ModelKindSpec) []v1alpha1.ObjectType {
	var types []v1alpha1.ObjectType
	if spec.Referent != nil {
		types = append(append(types, spec.Referent.ObjectType), spec.Referent.Alternatives...)
	}
	for _, s := range spec.Subjects {
		if s.Object != nil {
			types = append(types, s.Object.ObjectType)
		}
	}
	return types
}

// Gated says whether any status is held against a generation.
func Gated(spec *v1alpha1.ModelKindSpec) bool {
	return slices.ContainsFunc(generations(spec), func(policy string) bool { return policy != "" })
}

// Lags says whether a status as a whole is, and not each condition by itself.
func Lags(spec *v1alpha1.ModelKindSpec) bool {
	return slices.ContainsFunc(generations(spec), func(policy string) bool { return strings.HasPrefix(policy, "$") })
}

func generations(spec *v1alpha1.ModelKindSpec) []string {
	all := []string{spec.Generation}
	for _, s := range spec.Subjects {
		if s.Object != nil {
			all = append(all, s.Object.Generation)
		}
	}
	return all
}
