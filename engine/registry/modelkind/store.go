package modelkind

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/client-go/tools/cache"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/registry"
)

// store is what a reflector writes the ModelKinds to, for one run.
type store struct {
	*Resources
	// offer is called after the documents have changed.
	offer func([]registry.SpecDocument)
	// recall completes a ModelKind that nothing was known of.
	recall func(*held) error
}

// store makes the methods of a reflector's store, which are given no context.
func (r *Resources) store(ctx context.Context) *store {
	recalling := &recalling{Resources: r}
	return &store{
		Resources: r,
		offer:     func(documents []registry.SpecDocument) { r.options.Sources.Put(ctx, Origin, documents) },
		recall:    func(h *held) error { return recalling.recall(ctx, h) },
	}
}

// Add is part of cache.ReflectorStore.
func (s *store) Add(object any) error { return s.Update(object) }

// Update is part of cache.ReflectorStore.
func (s *store) Update(object any) error {
	// What comes later was never in force here, and an error would not be tried again.
	nothing := func(*held) error { return nil }
	return s.change(func(next map[string]held) error { return s.put(next, object, nothing) })
}

// Delete is part of cache.ReflectorStore.
func (s *store) Delete(object any) error {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	return s.change(func(next map[string]held) error {
		if gone, ok := object.(*Resource); ok {
			delete(next, gone.Name)
		}
		return nil
	})
}

// Replace is part of cache.ReflectorStore.
func (s *store) Replace(list []any, _ string) error {
	err := s.change(func(next map[string]held) error {
		clear(next)
		for _, object := range list {
			if err := s.put(next, object, s.recall); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.settle()
	}
	return err
}

// Resync is part of cache.ReflectorStore.
func (s *store) Resync() error { return nil }

// change makes another map of what is held. The documents are offered before
// the objects can be seen, so that whoever sees an object finds its document.
func (s *store) change(edit func(map[string]held) error) error {
	// Only the reflector's goroutine writes.
	before := s.held
	next := maps.Clone(before)
	if err := edit(next); err != nil {
		return err
	}
	if !maps.EqualFunc(before, next, func(a, b held) bool {
		return sameSpec(a.object, b.object) && a.document.Held == b.document.Held
	}) {
		s.offer(documentsOf(next))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = next
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func documentsOf(all map[string]held) []registry.SpecDocument {
	documents := make([]registry.SpecDocument, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		documents = append(documents, all[name].document)
	}
	return documents
}

// put compiles a ModelKind, unless its spec is the one that was compiled before.
// What is known of its past stays; complete is for one that nothing is known of.
func (s *store) put(into map[string]held, object any, complete func(*held) error) error {
	resource, ok := object.(*Resource)
	if !ok {
		return fmt.Errorf("following ModelKinds: got a %T", object)
	}
	before, known := s.held[resource.Name]
	known = known && before.object.UID == resource.UID
	if known && sameSpec(before.object, resource) {
		before.object, before.document.Held = resource, isHeld(resource)
		into[resource.Name] = before
		return nil
	}
	document, err := Document(s.options.Sources.Parser(), resource)
	if err != nil {
		return err
	}
	document.Held = isHeld(resource)
	now := held{object: resource, document: document}
	if known {
		now.misfit, now.document.LastGood = before.misfit, before.document.LastGood
	} else if err := complete(&now); err != nil {
		return err
	}
	into[resource.Name] = now
	return nil
}

// fileOf is what messages call the document of a ModelKind.
func fileOf(name string) string { return Origin + "/" + name }

// NameOf is the name of the ModelKind that an entry is of; empty for those of files.
func NameOf(entry registry.Entry) string {
	if entry.Source != Origin {
		return ""
	}
	return strings.TrimPrefix(entry.File, fileOf(""))
}

// sameSpec says whether two states are of one ModelKind with one spec.
func sameSpec(a, b *Resource) bool { return a.UID == b.UID && bytes.Equal(a.Spec, b.Spec) }

// Document compiles the kind-spec that a ModelKind is: of its metadata the name
// alone. The error says that the program itself is broken.
func Document(parser *registry.Parser, resource *Resource) (registry.SpecDocument, error) {
	content, err := json.Marshal(map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": "ModelKind",
		"metadata": map[string]string{"name": resource.Name}, "spec": resource.Spec,
	})
	if err != nil {
		return registry.SpecDocument{}, fmt.Errorf("encoding the ModelKind %s: %w", resource.Name, err)
	}
	document, err := parser.Document(Origin, fileOf(resource.Name), content)
	if err != nil {
		return registry.SpecDocument{}, fmt.Errorf("compiling the ModelKind %s: %w", resource.Name, err)
	}
	document.Stored = &registry.Stored{UID: string(resource.UID), Generation: resource.Generation, Spec: resource.Spec}
	// There are no lines in an object: the fields say where.
	for i := range document.Faults {
		document.Faults[i].Line = 0
	}
	return document, nil
}
