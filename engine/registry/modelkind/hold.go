package modelkind

import (
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// isHeld says whether a spec is to be kept out of force. Whatever is written for
// "true" by mistake holds too: who wants to hold something back must not find it in
// force. There is nothing to hold in the spec that was in force last.
func isHeld(resource *Resource) bool {
	value, annotated := resource.Annotations[v1alpha1.AnnotationHold]
	if !annotated || value == "false" {
		return false
	}
	good := resource.Status.LastGood
	if good == nil {
		return true
	}
	now, err := digest(resource.Spec)
	return err != nil || now != good.Digest
}

// HeldBack is a spec that is held back.
type HeldBack struct {
	// Name of the ModelKind.
	Name string
	// Kinds would be in force with it.
	Kinds *kind.Set
	// Refused says why it would not be in force even then.
	Refused syntax.Faults
	// Changed are the kinds that would come into force with it, and those that would
	// decide by it: what they read has to be read to plan.
	Changed []*kind.Kind
}

// HeldBack are the specs that are held back, each as if it alone were not.
func (r *Resources) HeldBack() []HeldBack {
	entries, _ := r.options.Sources.Watch()
	var all []HeldBack
	for _, entry := range entries {
		if entry.Held && entry.Source == Origin {
			all = append(all, r.release(entry, entries))
		}
	}
	return all
}

// release is what would be if one spec were not held back.
func (r *Resources) release(held registry.Entry, entries []registry.Entry) HeldBack {
	var documents []registry.SpecDocument
	for _, entry := range entries {
		if entry.Source == Origin {
			document := entry.SpecDocument
			document.Held = document.Held && document.File != held.File
			documents = append(documents, document)
		}
	}
	next := r.options.Sources.Try(Origin, documents)
	h := HeldBack{Name: strings.TrimPrefix(held.File, fileOf("")), Kinds: next.Set()}
	for _, entry := range next.Entries() {
		if entry.Source == Origin && entry.File == held.File {
			h.Refused = entry.Refused
		}
	}
	now := r.options.Sources.Kinds().Set()
	h.Changed = slices.DeleteFunc(h.Kinds.Kinds(), func(k *kind.Kind) bool {
		before, ok := now.Lookup(k.Name())
		return ok && before.Revision() == k.Revision()
	})
	return h
}
