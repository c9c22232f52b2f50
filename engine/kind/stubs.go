package kind

import (
	"io/fs"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Source is a tree of kind-specs: a folder a kind with its kind.yaml, or plain
// YAML files as a mounted ConfigMap has them.
type Source struct {
	// Name for messages, for example "built-in" or the directory. It is put
	// before the file names in faults unless it is empty.
	Name string
	FS   fs.FS
}

// Load reads, validates and compiles every kind-spec of the sources. A kind of
// a later source replaces the kind of the same name of an earlier one. The
// error is Faults: all faults of all files.
func Load(sources ...Source) (*Set, error) { return newSet(nil), nil }

// Observe reads a referent through the kind. The referent may hold no more
// than the kind's projection; values are as encoding/json or unstructured
// gives them. Observe never fails: absence is an observation, and a value of
// the wrong type is a note in the trace.
func (k *Kind) Observe(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, rules EndpointRules) Observation {
	return Observation{}
}

// Project copies from a referent what any of the kinds reads, and the metadata
// that identifies it; everything else is left out.
func Project(referent *unstructured.Unstructured, kinds ...*Kind) *unstructured.Unstructured {
	return referent
}

// MayRefer says whether a MaaSModel in one namespace may refer to a referent in
// another; when not, the reference says why.
func (k *Kind) MayRefer(from, to string) (Reference, bool) { return Reference{}, true }

type (
	path       struct{}
	rule       struct{}
	candidate  struct{}
	enrichment struct{}
	projection struct{}
)
