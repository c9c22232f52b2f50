package kind

// CrossNamespacePolicy is what a whole controller makes of the kinds' words
// about references into another namespace.
type CrossNamespacePolicy string

// The policies. The empty one is CrossNamespaceByKind.
const (
	// CrossNamespaceByKind: what a kind says holds.
	CrossNamespaceByKind CrossNamespacePolicy = "kind"
	// CrossNamespaceByGrant: every reference needs a grant, where the kind does
	// not deny it altogether.
	CrossNamespaceByGrant CrossNamespacePolicy = "grant"
	// CrossNamespaceNever: there are none, whatever a kind says.
	CrossNamespaceNever CrossNamespacePolicy = "deny"
)

// CrossNamespacePolicies are all policies, the default first.
func CrossNamespacePolicies() []CrossNamespacePolicy {
	return []CrossNamespacePolicy{CrossNamespaceByKind, CrossNamespaceByGrant, CrossNamespaceNever}
}

// Under is what a kind's word comes to under a policy. The policy takes away
// and never adds; a word or a policy that there is not denies.
func (c CrossNamespace) Under(policy CrossNamespacePolicy) CrossNamespace {
	known := c == CrossNamespaceAllow || c == CrossNamespaceGrant
	switch {
	case known && (policy == CrossNamespaceByKind || policy == ""):
		return c
	case known && policy == CrossNamespaceByGrant:
		return CrossNamespaceGrant
	}
	return CrossNamespaceDeny
}

// NeedsGrants says whether some reference of the kind needs a grant under a policy.
func (k *Kind) NeedsGrants(policy CrossNamespacePolicy) bool {
	return k.hasNamespace() && k.referent.CrossNamespace.Under(policy) == CrossNamespaceGrant
}

// hasNamespace says whether the kind has referents that are in a namespace.
func (k *Kind) hasNamespace() bool {
	return k.referent.Kind != "" && k.referent.Scope != ScopeCluster
}
