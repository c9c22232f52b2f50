package kind

import (
	"fmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// MayRefer says whether a MaaSModel in one namespace may refer to a referent in
// another. When it may not, the reference says why; it does not depend on
// whether the referent exists.
func (k *Kind) MayRefer(from, to string) (Reference, bool) {
	if from == to || k.referent.Kind == "" || k.referent.Scope == ScopeCluster || k.referent.CrossNamespace == CrossNamespaceAllow {
		return Reference{}, true
	}
	return Reference{
		State: ReferenceRefused, Reason: v1alpha1.ReasonNamespaceNotAllowed,
		Message: fmt.Sprintf("the kind %s does not allow references from namespace %s to %s: "+
			"move the MaaSModel there or leave modelRef.namespace out", k.name, from, to),
	}, false
}
