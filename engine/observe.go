package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// observe gathers what a model's reference shows, and records what that was
// read from. It is false while nothing can be said yet.
func (r *reconciler) observe(model *v1alpha1.MaaSModel) (kind.Observation, bool) {
	key := client.ObjectKeyFromObject(model)
	for {
		observation, known := r.look(model)
		// What was read for the first time may have changed before its changes
		// woke this model: it is read once more.
		if !r.interests.set(key, observation.Reads) {
			return observation, known
		}
	}
}

// look looks once. That something is absent or refused is an observation too.
func (r *reconciler) look(model *v1alpha1.MaaSModel) (kind.Observation, bool) {
	view := r.referents.View()
	if view.Kinds() == nil {
		return kind.Observation{}, false
	}
	if model.Unreadable != "" {
		return kind.Unreadable(model.Unreadable + ": write the MaaSModel anew; kubectl explain maasmodel.spec says how"), true
	}
	ref := model.Spec.ModelRef
	k, ok := view.Kinds().Lookup(ref.Kind)
	if !ok {
		return kind.Unknown(unknownKind(ref.Kind, view.Kinds())), true
	}
	if !model.DeletionTimestamp.IsZero() {
		return newerRefused(k.Unresolved(terminating(model), nil), view.Kinds()), true
	}
	related := &relatedReader{view: view}
	// Before the referent is read: whether it exists is not to be told.
	permission := k.MayRefer(model, r.crossNamespace, related)
	if permission.Refused != nil {
		observation, known := related.settled(k, model, k.Unresolved(*permission.Refused, nil))
		return newerRefused(permission.Before(observation), view.Kinds()), known
	}
	observation, known := r.lookInto(k, model, related)
	return newerRefused(permission.Before(observation), view.Kinds()), known
}

// terminating is a model that is being deleted and that finalizers keep. Whoever
// deletes it wants it to be called no more, and nothing is read for it any longer.
func terminating(model *v1alpha1.MaaSModel) kind.Reference {
	return kind.Reference{State: kind.ReferenceLost, Reason: v1alpha1.ReasonModelTerminating, Message: fmt.Sprintf(
		"this MaaSModel is being deleted, and its endpoint is withdrawn. It goes when its finalizers are removed: %s",
		strings.Join(model.Finalizers, ", "))}
}

// newerRefused says why a newer revision of a kind is not in force.
func newerRefused(observation kind.Observation, kinds *kind.Set) kind.Observation {
	if faults, refused := kinds.Refusal(observation.Kind); refused && observation.Kind != "" {
		observation.NewerRefused = faults.Error()
	}
	return observation
}

// lookInto reads a referent that the model may refer to.
func (r *reconciler) lookInto(k *kind.Kind, model *v1alpha1.MaaSModel, related *relatedReader) (kind.Observation, bool) {
	if k.NoReferent() != "" {
		return related.settled(k, model, k.Observe(model, nil, related, r.rulesNow()))
	}
	name, namespace := model.Spec.ModelRef.Name, cmp.Or(model.Spec.ModelRef.Namespace, model.Namespace)
	if k.Referent().Scope == kind.ScopeCluster {
		// Permission was not asked for: a kind that is wrong about this finds nothing.
		namespace = ""
	}
	found := related.view.Get(k, namespace, name)
	switch {
	case found.State == referent.Starting:
		return undecided(k, model, found.Message)
	case found.Object != nil:
		return related.settled(k, model, k.Observe(model, found.Object, related, r.rulesNow()))
	}
	identity := identify(found, namespace, name)
	return k.Unresolved(unresolved(found, identity), identity), true
}

// undecided is what there is to say while something cannot be read yet. A
// status that was decided once stays: the API server may be away for a moment.
// A model that never had one is told what it waits for, if anything is wrong.
func undecided(k *kind.Kind, model *v1alpha1.MaaSModel, fault string) (kind.Observation, bool) {
	if fault == "" || model.Status.Phase != "" {
		return kind.Observation{}, false
	}
	return k.Unresolved(unreadable(fault), nil), true
}

// unreadable is a reference whose objects the API server fails to read.
func unreadable(fault string) kind.Reference {
	return kind.Reference{State: kind.ReferenceLost, Reason: v1alpha1.ReasonWatchFailing, Message: fault}
}

// relatedReader is a kind.Reader for one look.
type relatedReader struct {
	view *referent.View
	// starting is set when a query cannot be answered yet, fault to what is
	// wrong with it. failing is why one could not be answered for long.
	starting bool
	fault    string
	failing  string
}

// settled is an observation, if all that it was made from could be read.
func (r *relatedReader) settled(k *kind.Kind, model *v1alpha1.MaaSModel, observation kind.Observation) (kind.Observation, bool) {
	if r.failing == "" && !r.starting {
		return observation, true
	}
	waiting, known := undecided(k, model, r.fault)
	if r.failing != "" {
		waiting, known = k.Unresolved(unreadable(r.failing), observation.Referent), true
	}
	waiting.Reads = observation.Reads
	return waiting, known
}

// Read is part of kind.Reader.
func (r *relatedReader) Read(query kind.Query) kind.Answer {
	objects, found := r.view.Select(query)
	switch found.State {
	case referent.Synced, referent.Stale:
		return kind.Answer{State: kind.AnswerRead, Objects: objects}
	case referent.Forbidden:
		return kind.Answer{State: kind.AnswerForbidden, Message: found.Message}
	case referent.Failing:
		r.failing = cmp.Or(r.failing, found.Message)
	case referent.Starting:
		r.starting, r.fault = true, cmp.Or(r.fault, found.Message)
	}
	return kind.Answer{State: kind.AnswerNotServed, Message: found.Message}
}

// identify names a referent that was not read; nil where its type is not served.
func identify(found referent.Lookup, namespace, name string) *v1alpha1.ReferentStatus {
	if found.Type.Empty() {
		return nil
	}
	if !found.Namespaced {
		namespace = ""
	}
	return &v1alpha1.ReferentStatus{Group: found.Type.Group, Version: found.Type.Version, Kind: found.Type.Kind,
		Namespace: namespace, Name: name}
}

// unresolved says why there is no object.
func unresolved(found referent.Lookup, identity *v1alpha1.ReferentStatus) kind.Reference {
	lost := kind.Reference{State: kind.ReferenceLost, Message: found.Message}
	switch found.State {
	case referent.Forbidden:
		return kind.Reference{State: kind.ReferenceRefused, Reason: v1alpha1.ReasonForbidden, Message: found.Message}
	case referent.Failing:
		return unreadable(found.Message)
	case referent.NotInstalled:
		lost.Reason = v1alpha1.ReasonCRDNotInstalled
	case referent.VersionNotServed:
		lost.Reason = v1alpha1.ReasonVersionNotServed
	default:
		lost.Reason = v1alpha1.ReasonReferentNotFound
		lost.Message = fmt.Sprintf("%s %s does not exist: create it, or correct spec.modelRef",
			found.Type.GroupKind(), strings.TrimPrefix(identity.Namespace+"/"+identity.Name, "/"))
	}
	return lost
}

// unknownKind says which kinds there are, and which one was meant.
func unknownKind(name string, kinds *kind.Set) string {
	if faults, refused := kinds.Refusal(name); refused {
		return fmt.Sprintf("the kind-spec named %q was refused, and there is no earlier revision of it: %s", name, faults.Error())
	}
	known := kinds.Names()
	if len(known) == 0 {
		return fmt.Sprintf("no kind-spec is named %q, and none is loaded at all", name)
	}
	words := slices.Clone(known)
	for _, k := range kinds.Kinds() {
		words = append(words, k.Aliases()...)
	}
	meant := ""
	if nearest := kind.Nearest(name, words); nearest != "" {
		meant = fmt.Sprintf(", did you mean %q?", nearest)
	}
	return fmt.Sprintf("no kind-spec is named %q%s There are %s", name, cmp.Or(meant, "."), strings.Join(known, ", "))
}
