package contract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/typed/apiextensions/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
)

// Cluster reads what a cluster serves: its CRDs, and what the API server has.
type Cluster struct {
	discovery discovery.DiscoveryInterface
	crds      apiextensions.CustomResourceDefinitionInterface
	host      string
	// listed has the answer to the one request.
	listed []apiextensionsv1.CustomResourceDefinition
}

// NewCluster connects to a cluster when it is first asked.
func NewCluster(config *rest.Config) (*Cluster, error) {
	client, err := apiextensions.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	served, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return &Cluster{discovery: served, crds: client.CustomResourceDefinitions(), host: config.Host}, nil
}

// Find gives the contract of a type; false when the cluster does not serve it.
// The hash of the source is that of the CRD's spec; there is none for a type of
// the API server's own.
func (c *Cluster) Find(ctx context.Context, groupKind schema.GroupKind) (Contract, bool, error) {
	if c.listed == nil {
		list, err := c.crds.List(ctx, metav1.ListOptions{})
		if err != nil {
			return Contract{}, false, fmt.Errorf("listing the CRDs of %s: %w", c.host, err)
		}
		c.listed = list.Items
	}
	for i := range c.listed {
		crd := &c.listed[i]
		if crd.Spec.Group != groupKind.Group || crd.Spec.Names.Kind != groupKind.Kind {
			continue
		}
		spec, err := json.Marshal(crd.Spec)
		if err != nil {
			return Contract{}, false, fmt.Errorf("hashing the CRD %s: %w", crd.Name, err)
		}
		sum := sha256.Sum256(spec)
		return Of(crd, ContractSource{File: crd.Name, SHA256: hex.EncodeToString(sum[:])}), true, nil
	}
	return served(c.discovery, groupKind)
}
