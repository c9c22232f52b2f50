package engine

import (
	"cmp"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
	"github.com/maas-kinds/maas/engine/resolve"
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
	reader := &viewReader{view: view}
	observation := resolve.Model(view.Kinds(), model, reader, resolve.Options{CrossNamespace: r.crossNamespace, Rules: r.rulesNow()})
	return reader.settled(model, observation)
}

// viewReader is a resolve.Reader for one look.
type viewReader struct {
	view *referent.Reader
	// starting is set when something cannot be read yet, fault to what is wrong
	// with it. failing is why a query could not be answered for long.
	starting bool
	fault    string
	failing  string
}

// settled is an observation, if all that it was made from could be read. What is
// decided stays while something cannot be read yet: the API server may be away
// for a moment. A model of which nothing was decided is told what it waits for,
// if anything is wrong.
func (r *viewReader) settled(model *v1alpha1.MaaSModel, observation kind.Observation) (kind.Observation, bool) {
	if r.failing == "" && !r.starting {
		return observation, true
	}
	reads, newer := observation.Reads, observation.NewerRefused
	k, ok := r.view.Kinds().Lookup(observation.Kind)
	message := cmp.Or(r.failing, r.fault)
	if !ok || r.failing == "" && (message == "" || model.Status.Phase != "") {
		return kind.Observation{Reads: reads}, false
	}
	identity := observation.Referent
	if r.failing == "" {
		identity = nil
	}
	observation = k.Unresolved(unreadable(message), identity)
	observation.Reads, observation.NewerRefused = reads, newer
	return observation, true
}

// unreadable is a reference whose objects the API server fails to read.
func unreadable(fault string) kind.Reference {
	return kind.Reference{State: kind.ReferenceLost, Reason: v1alpha1.ReasonWatchFailing, Message: fault}
}

// Referent is part of resolve.Reader.
func (r *viewReader) Referent(k *kind.Kind, namespace, name string) resolve.Referent {
	found := r.view.Get(k, namespace, name)
	if found.State == referent.Starting {
		r.starting, r.fault = true, cmp.Or(r.fault, found.Message)
	}
	identity := identify(found, namespace, name)
	return resolve.Referent{Object: found.Object, Identity: identity, Missing: unresolved(found, identity)}
}

// Read is part of kind.Reader.
func (r *viewReader) Read(query kind.Query) kind.Answer {
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
	case referent.Starting: // Nothing is decided of it.
	default:
		return resolve.Absent(found.Type.GroupKind().String(), strings.TrimPrefix(identity.Namespace+"/"+identity.Name, "/"))
	}
	return lost
}
