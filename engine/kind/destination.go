package kind

import "k8s.io/apimachinery/pkg/runtime/schema"

// serviceNameLabel names, on an EndpointSlice, the Service that it is part of
// (Kubernetes, well-known labels).
const serviceNameLabel = "kubernetes.io/service-name"

func serviceType() Referent {
	return Referent{Kind: "Service", Versions: []string{"v1"}, Scope: ScopeNamespaced, CrossNamespace: CrossNamespaceDeny}
}

func sliceType() Referent {
	return Referent{Group: "discovery.k8s.io", Kind: "EndpointSlice", Versions: []string{"v1"},
		Scope: ScopeNamespaced, CrossNamespace: CrossNamespaceDeny}
}

// Behind is the type of the objects whose addresses are held against the
// cluster's networks: of other objects these say nothing.
func Behind() schema.GroupKind { return sliceType().GroupKind() }

// Destinations reads where the names of Services lead as a kind reads its
// referents, for whoever keeps what kinds read at hand. It is in no set: no
// MaaSModel is of it.
func Destinations() *Kind {
	service, slice := &projection{}, &projection{}
	for _, name := range []string{"type", "externalName", "selector"} {
		service.field("spec").field(name).whole = true
	}
	slice.field("metadata").field("labels").field(serviceNameLabel).whole = true
	slice.field("addressType").whole = true
	slice.field("ports").every().field("port").whole = true
	slice.field("endpoints").every().field("addresses").whole = true
	return &Kind{
		name: "Service", referent: serviceType(), subjects: []subject{{as: "slices", object: &relatedObject{referent: sliceType()}}},
		projections: map[schema.GroupKind]*projection{
			serviceType().GroupKind(): service, sliceType().GroupKind(): slice,
		},
	}
}
