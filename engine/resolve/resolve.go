// Package resolve makes the observation of a MaaSModel: which kind it is of,
// whether it may refer to what it names, and what is seen there. The controller,
// maasctl explain and the conformance suite gather by it alike; they differ in
// where they read.
package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Reader reads the objects that observations are made from.
type Reader interface {
	kind.Reader
	// Referent looks up what a modelRef of the kind names. The namespace is empty
	// for cluster-scoped types.
	Referent(k *kind.Kind, namespace, name string) Referent
}

// Referent is the outcome of looking a referent up.
type Referent struct {
	// Object is nil where there is none.
	Object *unstructured.Unstructured
	// Missing says why there is none.
	Missing kind.Reference
	// Identity names what was looked for; nil where its type is not served.
	Identity *v1alpha1.ReferentStatus
}

// Options are what a whole installation has decided.
type Options struct {
	// CrossNamespace bounds what kinds say about references into other namespaces.
	CrossNamespace kind.CrossNamespacePolicy
	// Rules for endpoints.
	Rules endpoint.Rules
	// Traced: the observation has a trace of everything that was tried.
	Traced bool
}

// Model observes a model by the kind of a set that it names.
func Model(kinds *kind.Set, model *v1alpha1.MaaSModel, reader Reader, o Options) kind.Observation {
	if model.Unreadable != "" {
		return kind.Unreadable(model.Unreadable + ": write the MaaSModel anew; kubectl explain maasmodel.spec says how")
	}
	k, ok := kinds.Lookup(model.Spec.ModelRef.Kind)
	if !ok {
		return kind.Unknown(Unknown(model.Spec.ModelRef.Kind, kinds))
	}
	observation := k.Unresolved(terminating(model), nil)
	if model.DeletionTimestamp.IsZero() {
		observation = observe(k, model, reader, o, kinds.Lookup)
	}
	if faults, refused := kinds.Refusal(k.Name()); refused {
		observation.NewerRefused = faults.Error()
	}
	return observation
}

// Kind observes a model by a kind, as the only one that there is.
func Kind(k *kind.Kind, model *v1alpha1.MaaSModel, reader Reader, o Options) kind.Observation {
	alone := func(name string) (*kind.Kind, bool) { return k, name == k.Name() || slices.Contains(k.Aliases(), name) }
	return observe(k, model, reader, o, alone)
}

// lookup gives the kind that a name or an alias stands for.
type lookup func(name string) (*kind.Kind, bool)

// observe asks whether a model may refer to what it names before that is read:
// whether it exists is not to be told otherwise.
func observe(k *kind.Kind, model *v1alpha1.MaaSModel, reader Reader, o Options, kinds lookup) kind.Observation {
	permission := k.MayRefer(model, o.CrossNamespace, reader)
	if permission.Refused != nil {
		return permission.Before(k.Unresolved(*permission.Refused, nil))
	}
	return permission.Before(read(k, model, reader, o, kinds))
}

func read(k *kind.Kind, model *v1alpha1.MaaSModel, reader Reader, o Options, kinds lookup) kind.Observation {
	var object *unstructured.Unstructured
	if k.NoReferent() == "" {
		name, namespace := model.Spec.ModelRef.Name, cmp.Or(model.Spec.ModelRef.Namespace, model.Namespace)
		if k.Referent().Scope == kind.ScopeCluster {
			// Permission was not asked for: a kind that is wrong about this finds nothing.
			namespace = ""
		}
		found := reader.Referent(k, namespace, name)
		if found.Object == nil {
			return k.Unresolved(found.Missing, found.Identity)
		}
		object = found.Object
		if refused := circle(model, object, reader, kinds); refused != nil {
			return k.Unresolved(*refused, found.Identity)
		}
	}
	if o.Traced {
		return k.Explain(model, object, reader, o.Rules)
	}
	return k.Observe(model, object, reader, o.Rules)
}

// terminating is a model that is being deleted and that finalizers keep. Whoever
// deletes it wants it to be called no more, and nothing is read for it any longer.
func terminating(model *v1alpha1.MaaSModel) kind.Reference {
	return kind.Reference{State: kind.ReferenceLost, Reason: v1alpha1.ReasonModelTerminating, Message: fmt.Sprintf(
		"this MaaSModel is being deleted, and its endpoint is withdrawn. It goes when its finalizers are removed: %s",
		strings.Join(model.Finalizers, ", "))}
}

// Absent is a referent that does not exist.
func Absent(kindName, qualifiedName string) kind.Reference {
	return kind.Reference{State: kind.ReferenceLost, Reason: v1alpha1.ReasonReferentNotFound,
		Message: fmt.Sprintf("%s %s does not exist: create it, or correct spec.modelRef", kindName, qualifiedName)}
}

// Unknown says which kinds there are, and which one was meant.
func Unknown(name string, kinds *kind.Set) string {
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
	if nearest := syntax.Nearest(name, words); nearest != "" {
		meant = fmt.Sprintf(", did you mean %q?", nearest)
	}
	return fmt.Sprintf("no kind-spec is named %q%s There are %s", name, cmp.Or(meant, "."), strings.Join(known, ", "))
}
