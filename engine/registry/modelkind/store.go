package modelkind

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"k8s.io/client-go/tools/cache"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/registry"
)

// store is what a reflector writes the ModelKinds to, for one run.
type store struct {
	*Resources
	// offer is called after the documents have changed.
	offer func([]registry.SpecDocument)
}

// store makes the methods of a reflector's store, which are given no context.
func (r *Resources) store(ctx context.Context) *store {
	return &store{Resources: r, offer: func(documents []registry.SpecDocument) {
		r.options.Sources.Put(ctx, Origin, documents)
	}}
}

// Add is part of cache.ReflectorStore.
func (s *store) Add(object any) error { return s.Update(object) }

// Update is part of cache.ReflectorStore.
func (s *store) Update(object any) error {
	return s.change(func(next map[string]held) error { return s.put(next, object) })
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
			if err := s.put(next, object); err != nil {
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
	if !maps.EqualFunc(before, next, func(a, b held) bool { return bytes.Equal(a.object.Spec, b.object.Spec) }) {
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
func (s *store) put(into map[string]held, object any) error {
	resource, ok := object.(*Resource)
	if !ok {
		return fmt.Errorf("following ModelKinds: got a %T", object)
	}
	if before, known := s.held[resource.Name]; known && bytes.Equal(before.object.Spec, resource.Spec) {
		into[resource.Name] = held{object: resource, document: before.document}
		return nil
	}
	document, err := Document(s.options.Sources.Parser(), resource)
	if err != nil {
		return err
	}
	into[resource.Name] = held{object: resource, document: document}
	return nil
}

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
	document, err := parser.Document(Origin, Origin+"/"+resource.Name, content)
	if err != nil {
		return registry.SpecDocument{}, fmt.Errorf("compiling the ModelKind %s: %w", resource.Name, err)
	}
	// There are no lines in an object: the fields say where.
	for i := range document.Faults {
		document.Faults[i].Line = 0
	}
	return document, nil
}
