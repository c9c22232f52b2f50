package contract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/typed/apiextensions/v1"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
)

// Cluster reads what a cluster serves: its CRDs, and what the API server has.
type Cluster struct {
	discovery discovery.DiscoveryInterface
	crds      apiextensions.CustomResourceDefinitionInterface
	host      string
	// listed has the answer to the one request; nil before it.
	listed *apiextensionsv1.CustomResourceDefinitionList
	// refused is what the cluster said where the CRDs may not be read.
	refused error
}

// NewCluster connects to a cluster when it is first asked. What it answers is kept.
func NewCluster(config *rest.Config) (*Cluster, error) {
	client, err := apiextensions.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	served, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return &Cluster{discovery: memory.NewMemCacheClient(served), crds: client.CustomResourceDefinitions(), host: config.Host}, nil
}

// Find gives the contract of a type; false when the cluster does not serve it.
// The hash of the source is that of the CRD's spec; there is none for a type of
// the API server's own.
func (c *Cluster) Find(ctx context.Context, groupKind schema.GroupKind) (Contract, bool, error) {
	defined, err := c.defined(ctx, func(group, kind string) bool { return group == groupKind.Group && kind == groupKind.Kind })
	switch {
	case err != nil:
		return Contract{}, false, err
	case c.refused != nil:
		return Contract{}, false, fmt.Errorf("listing the CRDs of %s: %w", c.host, c.refused)
	case len(defined) > 0:
		return defined[0], true, nil
	}
	return served(c.discovery, groupKind)
}

// OfKind gives the contracts of all types of a kind, whatever their group, also where
// CRDs may not be read. That a group is not served because the API server behind it
// does not answer is an error for these groups.
func (c *Cluster) OfKind(ctx context.Context, name string, of ...string) ([]Contract, error) {
	all, err := c.defined(ctx, func(_, kind string) bool { return kind == name })
	if err != nil {
		return nil, err
	}
	groups, err := groupsWith(c.discovery, name, of)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		if slices.ContainsFunc(all, func(one Contract) bool { return one.Group == group }) {
			continue
		}
		one, ok, err := served(c.discovery, schema.GroupKind{Group: group, Kind: name})
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, one)
		}
	}
	return all, nil
}

// Refused says why the CRDs may not be read; nil where they may, and before
// anything was asked.
func (c *Cluster) Refused() error { return c.refused }

// List reads the CRDs, once. That they may not be read is no error; see Refused.
func (c *Cluster) List(ctx context.Context) error {
	if c.listed != nil {
		return nil
	}
	list, err := c.crds.List(ctx, metav1.ListOptions{})
	switch {
	case apierrors.IsForbidden(err):
		c.refused, list = err, &apiextensionsv1.CustomResourceDefinitionList{}
	case err != nil:
		return fmt.Errorf("listing the CRDs of %s: %w", c.host, err)
	}
	c.listed = list
	return nil
}

// defined are the contracts of the CRDs for some types.
func (c *Cluster) defined(ctx context.Context, of func(group, kind string) bool) ([]Contract, error) {
	if err := c.List(ctx); err != nil {
		return nil, err
	}
	var all []Contract
	for i := range c.listed.Items {
		crd := &c.listed.Items[i]
		if !of(crd.Spec.Group, crd.Spec.Names.Kind) {
			continue
		}
		spec, err := json.Marshal(crd.Spec)
		if err != nil {
			return nil, fmt.Errorf("hashing the CRD %s: %w", crd.Name, err)
		}
		sum := sha256.Sum256(spec)
		all = append(all, Of(crd, ContractSource{File: crd.Name, SHA256: hex.EncodeToString(sum[:])}))
	}
	return all, nil
}
