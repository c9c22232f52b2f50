package modelkind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// maxMessage is what the API server takes as a condition's message, in bytes.
const maxMessage = 32768

// Facts are what the status of a ModelKind is made of.
type Facts struct {
	// Entry is what has become of the kind-spec.
	Entry registry.Entry
	// Replaces is the file whose kind this one replaces; empty for none.
	Replaces string
	// Models is how many MaaSModels are of the kind.
	Models int
	// TypeOf says how a type is read.
	TypeOf func(kind.Referent) referent.Lookup
	// LastGood is what is kept of the ModelKind; nil for nothing.
	LastGood *v1alpha1.LastGoodRevision
	// Misfit is why what was kept is not in force; empty where it is.
	Misfit string
	// Held is what is known of a spec that is held back; nil where none is.
	Held *Held
}

// Decide makes the status that follows from the facts. A condition that stays as
// it was keeps its time.
func Decide(resource *Resource, facts Facts, now clock.PassiveClock) v1alpha1.ModelKindStatus {
	status := v1alpha1.ModelKindStatus{
		ObservedGeneration: resource.Generation,
		Models:             int32(min(facts.Models, 1<<31-1)), //nolint:gosec // bounded in this line
		LastGood:           facts.LastGood,
		Conditions:         slices.Clone(resource.Status.Conditions),
	}
	if k := facts.Entry.InForce; k != nil {
		status.Revision, status.Referent = k.Revision(), referentOf(k, facts)
	}
	conditions := []metav1.Condition{accepted(facts), served(facts), permitted(facts)}
	if meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionHeld); facts.Held != nil {
		conditions = append(conditions, facts.Held.condition(facts.Entry))
		status.Plan = facts.Held.plan(resource.Generation)
		if before := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionHeld); before != nil {
			status.Conditions = append(status.Conditions, *before) // It keeps its time.
		}
	}
	for _, condition := range conditions {
		if stands := before(resource, status.Revision, condition); stands != nil {
			condition = *stands
			if condition.Type == v1alpha1.ConditionReferentServed {
				status.Referent = resource.Status.Referent
			}
		}
		condition.ObservedGeneration = resource.Generation
		condition.LastTransitionTime = metav1.NewTime(now.Now())
		condition.Message = syntax.Message(condition.Message, maxMessage)
		meta.SetStatusCondition(&status.Conditions, condition)
	}
	return status
}

// before is what was known of the revision in force before this process began to
// look, where it has not seen yet: a restart that finds what there was says nothing.
func before(resource *Resource, revision string, now metav1.Condition) *metav1.Condition {
	stands := meta.FindStatusCondition(resource.Status.Conditions, now.Type)
	if now.Reason != v1alpha1.ReasonNotChecked || stands == nil || resource.Status.Revision != revision || stands.Reason == v1alpha1.ReasonNotAccepted {
		return nil
	}
	return stands.DeepCopy()
}

func accepted(facts Facts) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionAccepted, Status: metav1.ConditionFalse, Message: linesOf(facts.Entry.File, facts.Entry.Refused)}
	switch entry := facts.Entry; {
	case entry.Held:
		c.Reason, c.Message = v1alpha1.ReasonHeldBack, "the spec is held back: "+stays(entry)+"; "+howToRelease
	case len(entry.Refused) == 0 && entry.InForce != nil:
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonAccepted, "the kind is in force"
		if facts.Replaces != "" {
			c.Message += ", in the place of " + facts.Replaces
		}
		if missing := entry.InForce.MissingKind(); missing != "" {
			c.Reason = v1alpha1.ReasonAcceptedWithWarnings
			c.Message += fmt.Sprintf("; it hands on to the kind %s, which is not in force: add it, its models are refused until then", missing)
		}
		if warnings := entry.InForce.Warnings(); len(warnings) > 0 {
			c.Reason = v1alpha1.ReasonAcceptedWithWarnings
			c.Message += "; some of it is useless, and harmless:\n" + linesOf(facts.Entry.File, warnings)
		}
	case entry.InForce != nil:
		c.Reason = v1alpha1.ReasonServingPreviousRevision
		of := ""
		if good := facts.LastGood; good != nil {
			of = fmt.Sprintf(", of generation %d, kept since %s as the ControllerRevision %s/%s",
				good.Generation, good.Since.UTC().Format(time.RFC3339), good.Namespace, good.Name)
		}
		c.Message = fmt.Sprintf("revision %s stays in force%s, because this one is refused:\n%s", entry.InForce.Revision(), of, c.Message)
	case entry.Kind != nil && slices.ContainsFunc(entry.Refused, func(f syntax.Fault) bool { return f.Rule == syntax.RuleParameters }):
		c.Reason = v1alpha1.ReasonParametersInvalid
	case entry.Kind != nil:
		c.Reason = v1alpha1.ReasonNameHeld
		c.Message = cmp.Or(c.Message, fmt.Sprintf("%s holds the name %s", entry.OverriddenBy, entry.Name))
	default:
		c.Reason = v1alpha1.ReasonInvalid
	}
	if facts.Misfit != "" && facts.Entry.InForce == nil {
		c.Message += "\n" + facts.Misfit
	}
	return c
}

// linesOf has a line for every fault. Where it is, the field says: the object
// has no file and no lines. What is wrong elsewhere, as with what an installation
// sets, says in which file.
func linesOf(own string, faults syntax.Faults) string {
	lines := make([]string, len(faults))
	for i, fault := range faults {
		if fault.File != own {
			lines[i] = fault.String()
			continue
		}
		lines[i] = strings.TrimPrefix(fault.Field+": "+fault.Message, ": ")
	}
	return strings.Join(lines, "\n")
}

func served(facts Facts) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionReferentServed, Status: metav1.ConditionUnknown}
	k := facts.Entry.InForce
	switch {
	case k == nil:
		c.Reason, c.Message = v1alpha1.ReasonNotAccepted, "there is no kind in force whose referent could be looked for, see Accepted"
		return c
	case k.NoReferent() != "":
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonNoReferent, "models of this kind point at no object: "+k.NoReferent()
		return c
	}
	states := map[referent.State][]string{}
	for _, r := range k.Referents() {
		found := facts.TypeOf(r)
		if !found.Type.Empty() {
			c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonServed, fmt.Sprintf("the API server serves %s", nameOf(found))
			return c
		}
		states[found.State] = append(states[found.State], found.Message)
	}
	absent, other := states[referent.NotInstalled], states[referent.VersionNotServed]
	switch {
	case len(absent)+len(other) < len(k.Referents()):
		c.Reason, c.Message = v1alpha1.ReasonNotChecked, "the API server has not said yet what it serves"
	case len(other) > 0:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonVersionNotServed, strings.Join(slices.Concat(other, absent), "; ")
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonCRDNotInstalled, strings.Join(absent, "; ")
	}
	return c
}

func permitted(facts Facts) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionPermitted, Status: metav1.ConditionUnknown}
	k := facts.Entry.InForce
	if k == nil {
		c.Reason, c.Message = v1alpha1.ReasonNotAccepted, "there is no kind in force whose permissions could be asked for, see Accepted"
		return c
	}
	types := needed(k, facts)
	if len(types) == 0 {
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonNoReferent, "the kind reads no objects"
		return c
	}
	states := map[referent.State][]string{}
	for _, t := range types {
		found := facts.TypeOf(t)
		message := cmp.Or(found.Message, t.GroupKind().String())
		if !slices.Contains(states[found.State], message) {
			states[found.State] = append(states[found.State], message)
		}
	}
	switch absent := slices.Concat(states[referent.NotInstalled], states[referent.VersionNotServed]); {
	case len(states[referent.Forbidden]) > 0:
		c.Status, c.Reason = metav1.ConditionFalse, v1alpha1.ReasonForbidden
		c.Message = strings.Join(states[referent.Forbidden], "; ") + ". maasctl rbac prints the role for the folder of a kind"
	case len(states[referent.Failing]) > 0:
		c.Reason, c.Message = v1alpha1.ReasonWatchFailing, strings.Join(states[referent.Failing], "; ")
	case len(states[referent.Starting]) > 0:
		c.Reason, c.Message = v1alpha1.ReasonNotChecked, "the API server has not answered yet for "+strings.Join(states[referent.Starting], ", ")
	case len(absent) > 0:
		c.Reason, c.Message = v1alpha1.ReasonCRDNotInstalled, "permission is asked for when the type is served: "+strings.Join(absent, "; ")
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonPermitted, "the controller may list and watch everything that the kind reads"
	}
	return c
}

// needed are the types that a kind reads. Where one of those that the referent may
// be of is served, the others need not be.
func needed(k *kind.Kind, facts Facts) []kind.Referent {
	isServed := func(r kind.Referent) bool { return !facts.TypeOf(r).Type.Empty() }
	alternatives := k.Referents()
	if !slices.ContainsFunc(alternatives, isServed) {
		return k.Types()
	}
	return slices.DeleteFunc(k.Types(), func(t kind.Referent) bool {
		state := facts.TypeOf(t).State
		isAlternative := func(r kind.Referent) bool { return r.GroupKind() == t.GroupKind() }
		return slices.ContainsFunc(alternatives, isAlternative) && (state == referent.NotInstalled || state == referent.VersionNotServed)
	})
}

// referentOf names the type in the version that is read: the first that is served
// of those that the referent may be of.
func referentOf(k *kind.Kind, facts Facts) string {
	if k.NoReferent() != "" {
		return ""
	}
	for _, r := range k.Referents() {
		if found := facts.TypeOf(r); !found.Type.Empty() {
			return nameOf(found)
		}
	}
	return strings.TrimPrefix(k.Referent().Group+" "+k.Referent().Kind, " ")
}

func nameOf(found referent.Lookup) string {
	return found.Type.GroupVersion().String() + " " + found.Type.Kind
}
