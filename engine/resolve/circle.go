package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// maxFollowed is how many MaaSModels may stand for one another in a row. An alias
// of an alias is one too many for most people.
const maxFollowed = 16

// circle refuses a model that stands for another MaaSModel, and by that, maybe
// through more of them, for itself. Each would keep the others Ready, and nobody
// would look at a backend.
func circle(model *v1alpha1.MaaSModel, object *unstructured.Unstructured, reader Reader, kinds lookup) *kind.Reference {
	path := []string{model.Namespace + "/" + model.Name}
	for object != nil && kind.IsMaaSModel(object.GroupVersionKind().GroupKind()) {
		here := object.GetNamespace() + "/" + object.GetName()
		known := slices.Contains(path, here)
		path = append(path, here)
		switch {
		case known:
			return refused("MaaSModels refer to each other in a circle, and none of them to a backend: %s: "+
				"point spec.modelRef of one of them at a backend", path)
		case len(path) > maxFollowed:
			return refused("too many MaaSModels refer one to the next: %s: point spec.modelRef at the last one, or at its backend", path)
		}
		name := func(field string) string {
			text, _, _ := unstructured.NestedString(object.Object, "spec", "modelRef", field)
			return text
		}
		k, ok := kinds(name("kind"))
		if !ok || k.NoReferent() != "" || !kind.IsMaaSModel(k.Referent().GroupKind()) {
			return nil
		}
		object = reader.Referent(k, cmp.Or(name("namespace"), object.GetNamespace()), name("name")).Object
	}
	return nil
}

func refused(format string, path []string) *kind.Reference {
	return &kind.Reference{State: kind.ReferenceRefused, Reason: v1alpha1.ReasonCircularReference,
		Message: fmt.Sprintf(format, strings.Join(path, " → "))}
}
