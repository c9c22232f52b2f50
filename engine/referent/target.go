package referent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
)

// served is what the API server says about a type. The zero value says that it
// does not know it.
type served struct {
	resource   string
	namespaced bool
	// versions that are served.
	versions []string
	// crd identifies the CustomResourceDefinition, empty for types without one.
	// A definition that is deleted and created again is another one.
	crd types.UID
	// pending says why a definition that exists is not served.
	pending string
	// fault says why nothing is known about the type yet, and faulty since when
	// not; lasting is set when that is long ago. What else is set means nothing.
	fault   string
	faulty  time.Time
	lasting bool
}

// target is where a referent type is read.
type target struct {
	kind       schema.GroupVersionKind
	resource   string
	namespaced bool
	crd        types.UID
}

func (t target) gvr() schema.GroupVersionResource {
	return t.kind.GroupVersion().WithResource(t.resource)
}

// selectVersion chooses the version to read: the first of the kind's that is served. When
// there is none, the state and the message say why.
func selectVersion(ref kind.Referent, o served) (target, State, string) {
	name := ref.GroupKind().String()
	switch {
	case o.fault != "":
		state := Starting
		if o.lasting {
			state = Failing
		}
		return target{}, state, fmt.Sprintf("the API server does not say whether it serves %s, which is asked again: %s", name, o.fault)
	case o.pending != "":
		return target{}, NotInstalled, fmt.Sprintf("%s is defined but not served yet: %s", name, o.pending)
	case len(o.versions) == 0 && o.crd != "":
		return target{}, VersionNotServed, fmt.Sprintf("%s is defined, and none of its versions is served: set served: true for %s in its CustomResourceDefinition",
			name, list(ref.Versions, "or"))
	case len(o.versions) == 0:
		return target{}, NotInstalled, fmt.Sprintf("the API server does not serve %s: install the backend, or its CustomResourceDefinition", name)
	}
	for _, version := range ref.Versions {
		if slices.Contains(o.versions, version) {
			gvk := schema.GroupVersionKind{Group: ref.Group, Version: version, Kind: ref.Kind}
			return target{kind: gvk, resource: o.resource, namespaced: o.namespaced, crd: o.crd}, Starting, ""
		}
	}
	return target{}, VersionNotServed, fmt.Sprintf("%s is served as %s only, and read as %s: serve one of these versions, or use a kind-spec that reads a served one",
		name, list(o.versions, "and"), list(ref.Versions, "or"))
}

// forbidden says what to grant.
func (t target) forbidden() string {
	return fmt.Sprintf(`the controller may not read %s: grant its service account the verbs "list" and "watch" on resource %q in API group %q`,
		t.kind.GroupKind(), t.resource, t.kind.Group)
}

// failing says what is waited for.
func (t target) failing(err error) string {
	return fmt.Sprintf("the API server serves %s as %s and fails to list or watch it, which is tried again: %v", t.kind.GroupKind(), t.kind.Version, err)
}

func list(words []string, conjunction string) string {
	words = slices.Clone(words)
	slices.SortFunc(words, cmp.Compare[string])
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}
