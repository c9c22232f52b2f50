package modelkind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/registry"
)

const howToRelease = "remove the annotation " + v1alpha1.AnnotationHold + " to put it in force"

// maxStands bounds what a planned change says of a model, in bytes.
const maxStands = 300

// Held is what is known of a spec that is held back.
type Held struct {
	// Refused says why the spec would not be in force.
	Refused syntax.Faults
	// Plan is what it would change.
	Plan plan.Plan
}

// stays says what is in force while a spec is held back.
func stays(entry registry.Entry) string {
	if entry.InForce == nil {
		return "nothing of this ModelKind is in force"
	}
	return fmt.Sprintf("revision %s stays in force", entry.InForce.Revision())
}

// condition says what the spec would do, and what to do about that.
func (h *Held) condition(entry registry.Entry) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionHeld, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonPlanned}
	switch undecided := h.Plan.Summary.Effects[plan.EffectUndecided]; {
	case len(h.Refused) > 0:
		c.Reason, c.Message = v1alpha1.ReasonWouldBeRefused, "without the annotation "+v1alpha1.AnnotationHold+" the spec would be refused; mend it:\n"+linesOf(entry.File, h.Refused)
	case undecided > 0:
		c.Reason = v1alpha1.ReasonNotPlanned
		c.Message = h.sum() + fmt.Sprintf(". Nothing can be said of %d: %s", undecided, h.whyUndecided())
	default:
		c.Message = h.sum() + ". " + strings.ToUpper(howToRelease[:1]) + howToRelease[1:]
	}
	return c
}

// sum is the plan in one sentence, with the worst change.
func (h *Held) sum() string {
	s := h.Plan.Summary
	said := fmt.Sprintf("in force, the spec would harm %d of %d models, and change %d others", s.Harmed, s.Models, h.changed())
	if s.Harmed > 0 {
		first := h.Plan.Changes[0]
		said += fmt.Sprintf("; first %s/%s: %s, from %s to %s", first.Namespace, first.Name, first.Effect, stands(first.Before), stands(first.After))
	}
	if roles := resources(h.Plan.Roles.Added, ""); len(roles) > 0 {
		said += "; the controller would have to be allowed to list and watch " + strings.Join(roles, ", ")
	}
	return said
}

func (h *Held) changed() int {
	s := h.Plan.Summary
	return len(h.Plan.Changes) - s.Harmed - s.Effects[plan.EffectUndecided]
}

func (h *Held) whyUndecided() string {
	at := slices.IndexFunc(h.Plan.Changes, func(c plan.Change) bool { return c.Effect == plan.EffectUndecided })
	return h.Plan.Changes[at].Why
}

// plan is what a status has room for; nil where the spec would be refused.
func (h *Held) plan(generation int64) *v1alpha1.KindPlan {
	if len(h.Refused) > 0 {
		return nil
	}
	s := h.Plan.Summary
	p := &v1alpha1.KindPlan{Generation: generation, Models: number(s.Models), Harmed: number(s.Harmed),
		Undecided: number(s.Effects[plan.EffectUndecided]), Changed: number(h.changed())}
	for _, c := range h.Plan.Changes[:min(len(h.Plan.Changes), v1alpha1.MaxPlannedChanges)] {
		planned := v1alpha1.PlannedChange{Namespace: c.Namespace, Name: c.Name, Effect: string(c.Effect), Before: stands(c.Before), After: stands(c.After)}
		if c.Why != "" {
			planned.After = syntax.Message("not known: "+c.Why, maxStands)
		}
		p.Changes = append(p.Changes, planned)
	}
	for _, t := range h.Plan.Watches.Added {
		p.Watches = append(p.Watches, t.String())
	}
	for _, t := range h.Plan.Watches.Removed {
		p.Watches = append(p.Watches, "-"+t.String())
	}
	p.Roles = slices.Concat(resources(h.Plan.Roles.Added, ""), resources(h.Plan.Roles.Removed, "-"))
	p.Watches, p.Roles = first(p.Watches), first(p.Roles)
	return p
}

func first(words []string) []string { return words[:min(len(words), v1alpha1.MaxPlannedTypes)] }

func number(n int) int32 { return int32(min(n, 1<<31-1)) } //nolint:gosec // bounded in this line

// stands is where a model stands, in a few words.
func stands(s plan.Standing) string {
	return syntax.Message(fmt.Sprintf("%s %s at %s", s.Phase, s.Reason, cmp.Or(s.Endpoint, "no endpoint")), maxStands)
}

// resources are what rules are about, RESOURCE.GROUP.
func resources(rules []rbacv1.PolicyRule, mark string) []string {
	var names []string
	for _, rule := range rules {
		for _, resource := range rule.Resources {
			names = append(names, mark+schema.GroupResource{Group: rule.APIGroups[0], Resource: resource}.String())
		}
	}
	return names
}
