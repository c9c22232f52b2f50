package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Permission says whether a MaaSModel may refer to what its modelRef names. It
// does not depend on whether that exists.
type Permission struct {
	// Refused says why not; nil when the model may.
	Refused *Reference
	// Reads are the queries for grants that were asked, and Trace what came of them.
	Reads []Query
	Trace []Step
}

// Before is an observation that was made under the permission, or about its
// refusal, with what the permission was made from.
func (p Permission) Before(o Observation) Observation {
	o.Reads = append(slices.Clone(p.Reads), o.Reads...)
	o.Trace = append(slices.Clone(p.Trace), o.Trace...)
	return o
}

// MayRefer decides whether a model may refer to the namespace that its modelRef
// names. Only grants are read, and only where one is needed.
func (k *Kind) MayRefer(model *v1alpha1.MaaSModel, policy CrossNamespacePolicy, grants Reader) Permission {
	c := crossing{from: model.Namespace, to: cmp.Or(model.Spec.ModelRef.Namespace, model.Namespace),
		referent: k.referent, others: k.alternatives, name: model.Spec.ModelRef.Name}
	if c.from == c.to || !k.hasNamespace() {
		return Permission{}
	}
	switch k.referent.CrossNamespace.Under(policy) {
	case CrossNamespaceAllow:
		return Permission{}
	case CrossNamespaceGrant:
		return k.askFor(c, grants)
	}
	who := "the kind " + k.name
	if k.referent.CrossNamespace.Under(CrossNamespaceByKind) != CrossNamespaceDeny {
		who = "the controller"
	}
	return Permission{Refused: &Reference{
		State: ReferenceRefused, Reason: v1alpha1.ReasonNamespaceNotAllowed,
		Message: fmt.Sprintf("%s does not allow references from namespace %s to %s: "+
			"move the MaaSModel there or leave modelRef.namespace out", who, c.from, c.to),
	}}
}

// askFor looks for a grant.
func (k *Kind) askFor(c crossing, grants Reader) Permission {
	query := c.query()
	answer := grants.Read(query)
	step := Step{Stage: "reference", Rule: "crossNamespace", Path: query.String(),
		Want: fmt.Sprintf("for MaaSModels of %s to %s %s", c.from, c.referent.Kind, c.name)}
	var names []string
	for _, object := range answer.Objects {
		if answer.State == AnswerRead && c.grantedBy(object) {
			names = append(names, object.GetName())
		}
	}
	p := Permission{Reads: []Query{query}}
	if len(names) > 0 {
		step.Found, step.Matched = slices.Min(names), true
	} else {
		p.Refused = c.refused(answer)
		step.Note = answer.Message
	}
	p.Trace = []Step{step}
	return p
}

// refused says what is missing for the reference to be granted.
func (c crossing) refused(answer Answer) *Reference {
	t := grantType()
	refused := &Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonRefNotPermitted}
	needs := fmt.Sprintf("a reference from namespace %s to %s needs a ReferenceGrant there", c.from, c.to)
	switch answer.State {
	case AnswerForbidden:
		refused.Reason = v1alpha1.ReasonForbidden
		refused.Message = fmt.Sprintf("%s, and none can be seen: %s", needs, cmp.Or(answer.Message, t.GroupKind().String()+" may not be read"))
	case AnswerNotServed:
		refused.Message = fmt.Sprintf("%s, and there are none: the API server does not serve %s in %s; install the Gateway API's CustomResourceDefinition of it",
			needs, t.GroupKind(), strings.Join(t.Versions, " or "))
	default:
		refused.Message = fmt.Sprintf("%s, %s", needs, c)
	}
	return refused
}
