package main

import (
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/conformance/draft"
)

// objectType is that of the objects that a kind is made for.
type objectType = schema.GroupKind

// readFiles takes the objects of all files: those of the first one's type, or of --kind,
// are states, and the others are beside them.
func (o *newOptions) readFiles(in *draft.Input, std ioStreams) error {
	var wanted *objectType
	for _, file := range o.files {
		objects, err := readObjects(file, std.in)
		if err != nil {
			return err
		}
		for _, object := range objects {
			of := object.GroupVersionKind().GroupKind()
			if wanted == nil && (o.kind == "" || of.Kind == o.kind) {
				wanted = &of
			}
		}
		addObjects(in, file, objects, wanted)
	}
	if wanted == nil {
		return fmt.Errorf("no object is a %s, as --kind says: give one, or leave out --kind", o.kind)
	}
	// What came before the first of its type was taken for beside it.
	in.Beside = draft.StrippedAll(in.Beside)
	if o.crd == "" {
		return nil
	}
	var err error
	in.Contract, err = o.contractFor(wanted)
	return err
}

// addObjects adds states, called by the file and, where it has several, by their number.
func addObjects(in *draft.Input, file string, objects []*unstructured.Unstructured, wanted *objectType) {
	name := filepath.Base(file)
	if file == "-" {
		name = "standard input"
	}
	seen := 0
	for _, object := range objects {
		if wanted == nil || object.GroupVersionKind().GroupKind() != *wanted {
			in.Beside = append(in.Beside, object)
			continue
		}
		called := name
		if seen++; seen > 1 {
			called = fmt.Sprintf("%s no. %d", name, seen)
		}
		addState(in, draft.State{Name: called, Object: draft.Stripped(object)})
	}
}

// addState leaves out a state that differs from an earlier one in times alone.
func addState(in *draft.Input, state draft.State) bool {
	for _, other := range in.States {
		if draft.Same(other.Object, state.Object) {
			return false
		}
	}
	in.States = append(in.States, state)
	return true
}
