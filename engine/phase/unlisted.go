package phase

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// unlisted says of a Ready model that the API shows it to nobody, because of the
// API's own flags: the model is as it should be, so that Ready stays True, and
// whoever offers it would look for the fault elsewhere.
func unlisted(to v1alpha1.Phase, obs kind.Observation) []metav1.Condition {
	if to != v1alpha1.PhaseReady || obs.Untrusted == nil {
		return nil
	}
	reason := v1alpha1.ReasonPlainHTTP
	switch {
	case obs.Untrusted.Host:
		reason = v1alpha1.ReasonHostNotTrusted
	case obs.Untrusted.HTTPSOnly:
		reason = v1alpha1.ReasonHTTPSOnly
	}
	return []metav1.Condition{condition(v1alpha1.ConditionUnlisted, metav1.ConditionTrue, reason,
		fmt.Sprintf("The API lists this model to nobody: %s. If callers' credentials may be sent there, give maas-api and maas-controller %s",
			obs.Untrusted.Problem, obs.Untrusted.Remedy))}
}
