package engine

import (
	"net/url"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// untrusted says why the API sends no credentials to an endpoint: nil where it
// does, where there is none, and where its flags are not known.
func (r *reconciler) untrusted(published string) *endpoint.Distrust {
	// What is published was parsed before: an error leaves nothing to say.
	if u, err := url.Parse(published); err == nil && published != "" && r.trust != nil {
		return r.trust.Check(u)
	}
	return nil
}

// announceUnlisted tells once that a model is shown to nobody.
func (r *reconciler) announceUnlisted(model *v1alpha1.MaaSModel, decision phase.Decision) {
	before := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionUnlisted)
	now := meta.FindStatusCondition(decision.Status.Conditions, v1alpha1.ConditionUnlisted)
	if now == nil || before != nil && before.Message == now.Message {
		return
	}
	r.events.Eventf(model, nil, corev1.EventTypeWarning, now.Reason, "List", "%s", syntax.Message(now.Message, maxNote))
}

// flags are what the reasons of Unlisted are about.
func flags() map[string]string {
	return map[string]string{
		v1alpha1.ReasonHostNotTrusted: "trusted-hosts",
		v1alpha1.ReasonPlainHTTP:      "allow-http",
		v1alpha1.ReasonHTTPSOnly:      "https-only",
	}
}
