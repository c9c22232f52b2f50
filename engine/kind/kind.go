package kind

import (
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Kind is a compiled kind-spec. It is immutable and safe for concurrent use.
type Kind struct {
	name        string
	aliases     []string
	description string
	file        string
	revision    string
	// claims has, for the name and every alias, where it is written.
	claims    map[string]syntax.Fault
	spec      v1alpha1.ModelKindSpec
	positions syntax.Positions
	// warnings are what is useless in the kind-spec, and harmless.
	warnings syntax.Faults
	// handedTo are the names of the kinds that it hands objects on to, sorted.
	handedTo []string
	// delegates are the kinds that it hands objects on to, by the name that it
	// calls them by; those that are not in force are missing.
	delegates map[string]*Kind
	// unlinked is the kind without them; nil where this is it.
	unlinked *Kind
	// needsForHealth has the keys of the subjects and values that the health rules
	// need; whole is the kind with the others, nil where this is it.
	needsForHealth map[string]bool
	whole          *Kind
	// declared is the kind with nothing but the defaults of its parameters; nil
	// where this is it.
	declared *Kind

	referent       Referent
	alternatives   []Referent
	noReferent     string
	subjects       []subject
	values         map[string]namedValue
	order          []ReadStep
	generation     generationCheck
	health         []rule
	noFailure      string
	endpoint       []candidate
	noEndpoint     string
	probe          Probe
	model          enrichment
	unhealthyAfter *time.Duration

	projections map[schema.GroupKind]*projection
}

// Referent is a type of object that a kind reads.
type Referent struct {
	// Group is the API group; empty for the core group.
	Group string
	// Kind is the Kubernetes kind, for example "LLMInferenceService".
	Kind string
	// Versions in order of preference: the first one served is read.
	Versions []string
	// Scope says whether the objects live in a namespace.
	Scope Scope
	// CrossNamespace says whether a MaaSModel may refer to a referent outside
	// its own namespace, or a template lead outside the referent's.
	CrossNamespace CrossNamespace
}

// Scope says whether objects of a type live in a namespace.
type Scope string

// The scopes.
const (
	ScopeNamespaced Scope = "Namespaced"
	ScopeCluster    Scope = "Cluster"
)

// GroupKind identifies the referent's type without a version.
func (r Referent) GroupKind() schema.GroupKind {
	return schema.GroupKind{Group: r.Group, Kind: r.Kind}
}

// CrossNamespace is a kind's policy for references into another namespace.
type CrossNamespace string

// The policies.
const (
	CrossNamespaceAllow CrossNamespace = "Allow"
	// CrossNamespaceGrant: where a ReferenceGrant in the other namespace permits it.
	CrossNamespaceGrant CrossNamespace = "Grant"
	CrossNamespaceDeny  CrossNamespace = "Deny"
)

// defaultStaleDwell is how long a Ready model stays Ready while the referent's
// status merely lags its generation, as it does for a moment at every edit.
const defaultStaleDwell = 10 * time.Second

// Name is the canonical name: the kind-spec's metadata.name.
func (k *Kind) Name() string { return k.name }

// Aliases are further names that modelRef.kind may use, sorted.
func (k *Kind) Aliases() []string { return append([]string(nil), k.aliases...) }

// Claims has, for the name and every alias, where it is written; not to be changed.
func (k *Kind) Claims() map[string]syntax.Fault { return k.claims }

// Spec is what the kind was compiled from; not to be changed.
func (k *Kind) Spec() *v1alpha1.ModelKindSpec { return &k.spec }

// Positions are where the parts of the kind-spec are written.
func (k *Kind) Positions() syntax.Positions { return k.positions }

// Order is that in which values and subjects are read: each behind what it needs.
func (k *Kind) Order() []ReadStep { return k.order }

// Description is one line for people.
func (k *Kind) Description() string { return k.description }

// File is where the kind-spec was read, for messages to people.
func (k *Kind) File() string { return k.file }

// Revision is a hash of the kind-spec's content: equal revisions decide equally.
func (k *Kind) Revision() string { return k.revision }

// Referent says which objects a modelRef of this kind names; the zero Referent
// for a kind whose models point at none, see NoReferent.
func (k *Kind) Referent() Referent { return k.referent.clone() }

// Referents are the types that a referent may be of, in order of preference: the
// first that is served and has the object is read. There is none for a kind whose
// models point at no object.
func (k *Kind) Referents() []Referent {
	if k.noReferent != "" {
		return nil
	}
	all := []Referent{k.Referent()}
	for _, r := range k.alternatives {
		all = append(all, r.clone())
	}
	return all
}

// Refers says whether a referent may be of a type.
func (k *Kind) Refers(to schema.GroupKind) bool {
	_, ok := k.ReferentOf(to)
	return ok
}

// ReferentOf is what the kind reads of a type that a referent may be of; false
// for every other type.
func (k *Kind) ReferentOf(to schema.GroupKind) (Referent, bool) {
	all := k.Referents()
	if i := slices.IndexFunc(all, func(r Referent) bool { return r.GroupKind() == to }); i >= 0 {
		return all[i], true
	}
	return Referent{}, false
}

func (r Referent) clone() Referent {
	r.Versions = slices.Clone(r.Versions)
	return r
}

// NoReferent says why models of this kind point at no Kubernetes object; empty
// when they do. Observe is then called with a nil referent.
func (k *Kind) NoReferent() string { return k.noReferent }

// NoFailure says why the backend cannot tell that it has failed; empty when it can.
func (k *Kind) NoFailure() string { return k.noFailure }

// NoEndpoint says why the backend has no endpoint of its own; empty when it has.
func (k *Kind) NoEndpoint() string { return k.noEndpoint }

// Warnings are what is useless in the kind-spec, such as a value that nothing
// uses. It decides as if they were not there.
func (k *Kind) Warnings() syntax.Faults { return slices.Clone(k.warnings) }

// Related are the types of objects that the kind reads beside the referent, in
// the order in which they are read; those of kinds that it hands objects on to
// are not among them.
func (k *Kind) Related() []Related {
	var all []Related
	for _, s := range k.subjects {
		if s.object != nil {
			all = append(all, Related{As: s.as, Referent: s.object.referent.clone(), BySelector: s.object.name == nil})
		}
	}
	return all
}

// Reads says whether the kind itself reads objects of a type, and not only one that
// it hands objects on to.
func (k *Kind) Reads(of schema.GroupKind) bool {
	return k.Refers(of) || slices.ContainsFunc(k.subjects, func(s subject) bool {
		return s.object != nil && s.object.referent.GroupKind() == of
	})
}

// Types are the types that the kind reads: the referent's, where there is one,
// those of related objects, and what the kinds read that it hands objects on to.
// A type may be in it more than once.
func (k *Kind) Types() []Referent {
	types := k.Referents()
	for _, r := range k.Related() {
		types = append(types, r.Referent)
	}
	for _, name := range k.handedTo {
		if other := k.delegates[name]; other != nil {
			types = append(types, other.Types()...)
		}
	}
	return types
}

// Related is a type of object in the role in which a kind reads it.
type Related struct {
	// As is the name of the subject.
	As string
	Referent
	// BySelector is false when one object is read by its name.
	BySelector bool
}

// objectNames are the names of the subjects that are objects; the referent's is "".
func (k *Kind) objectNames() []string {
	names := []string{""}
	for _, s := range k.subjects {
		if s.object != nil {
			names = append(names, s.as)
		}
	}
	return names
}

// ObjectOf is the name of the subject whose objects a subject is or is in.
func (k *Kind) ObjectOf(name string) string {
	for _, s := range k.subjects {
		if s.as == name && s.object == nil {
			return k.ObjectOf(s.of)
		}
	}
	return name
}

// TypeOf is the type of the objects that a subject is or is in.
func (k *Kind) TypeOf(name string) Referent {
	name = k.ObjectOf(name)
	for _, s := range k.subjects {
		if s.as == name && s.object != nil {
			return s.object.referent
		}
	}
	return k.referent
}

func (k *Kind) generationCheckOf(object string) generationCheck {
	for _, s := range k.subjects {
		if s.as == object && s.object != nil {
			return s.object.generation
		}
	}
	return k.generation
}

// Probe says how the API asks an endpoint whether it lets a caller in.
func (k *Kind) Probe() Probe {
	p := k.probe
	p.Headers = maps.Clone(p.Headers)
	return p
}

// Dwell is how long a Ready model stays Ready after its backend has stopped
// being ready: stale for a status that lags its generation, progressing for
// everything else that may heal by itself. Failures and lost or refused
// references never dwell.
func (k *Kind) Dwell() (stale, progressing time.Duration) {
	if k.unhealthyAfter == nil {
		return defaultStaleDwell, 0
	}
	return *k.unhealthyAfter, *k.unhealthyAfter
}
