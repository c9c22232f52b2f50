package kind

import (
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Kind is a compiled kind-spec. It is immutable and safe for concurrent use.
type Kind struct {
	name        string
	aliases     []string
	description string
	file        string
	revision    string
	// claims has, for the name and every alias, where it is written.
	claims map[string]Fault

	referent       Referent
	generation     *jsonPath
	health         []rule
	endpoint       []candidate
	probe          Probe
	model          enrichment
	unhealthyAfter *time.Duration

	projection *projection
}

// Referent says which objects a kind reads.
type Referent struct {
	// Group is the API group; empty for the core group.
	Group string
	// Kind is the Kubernetes kind, for example "LLMInferenceService".
	Kind string
	// Versions in order of preference: the first one served is read.
	Versions []string
	// CrossNamespace says whether a MaaSModel may refer to a referent outside
	// its own namespace.
	CrossNamespace CrossNamespace
}

// GroupKind identifies the referent's type without a version.
func (r Referent) GroupKind() schema.GroupKind {
	return schema.GroupKind{Group: r.Group, Kind: r.Kind}
}

// CrossNamespace is a kind's policy for references into another namespace.
type CrossNamespace string

// The policies.
const (
	CrossNamespaceAllow CrossNamespace = "Allow"
	CrossNamespaceDeny  CrossNamespace = "Deny"
)

// defaultStaleDwell is how long a Ready model stays Ready while the referent's
// status merely lags its generation, as it does for a moment at every edit.
const defaultStaleDwell = 10 * time.Second

// Name is the canonical name: the kind-spec's metadata.name.
func (k *Kind) Name() string { return k.name }

// Aliases are further names that modelRef.kind may use, sorted.
func (k *Kind) Aliases() []string { return append([]string(nil), k.aliases...) }

// Description is one line for people.
func (k *Kind) Description() string { return k.description }

// File is where the kind-spec was read, for messages to people.
func (k *Kind) File() string { return k.file }

// Revision is a hash of the kind-spec's content: equal revisions decide equally.
func (k *Kind) Revision() string { return k.revision }

// Referent says which objects the kind reads.
func (k *Kind) Referent() Referent {
	r := k.referent
	r.Versions = append([]string(nil), r.Versions...)
	return r
}

// Probe says how the API asks an endpoint whether it lets a caller in.
func (k *Kind) Probe() Probe { return k.probe }

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
