package contract

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// Pin is the part of the contracts of other projects that one kind-spec reads.
type Pin struct {
	// Name of the kind.
	Name string
	// Contracts are sorted by group and kind.
	Contracts []Contract

	positions syntax.Positions
}

// pinDocument is the shape of a pin in YAML.
type pinDocument struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Metadata   pinMetadata `json:"metadata"`
	Spec       pinSpec     `json:"spec"`
}

type pinMetadata struct {
	Name string `json:"name"`
}

type pinSpec struct {
	SHA256    string     `json:"sha256"`
	Contracts []Contract `json:"contracts"`
}

// ReadPin reads a pin strictly. The error is of type Faults, unless the program
// itself is broken. File is its name in faults.
func ReadPin(file string, content []byte) (*Pin, error) {
	doc, err := syntax.ParseAs(schemas.Pin, file, content)
	if err != nil {
		return nil, err
	}
	if faults := doc.Faults(); len(faults) > 0 {
		return nil, faults
	}
	var read pinDocument
	if err := doc.Decode(&read); err != nil {
		return nil, err
	}
	p := &Pin{Name: read.Metadata.Name, Contracts: read.Spec.Contracts, positions: doc.Positions}
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	if sum != read.Spec.SHA256 {
		doc.FaultAt("/spec/sha256", "is not the hash of the contracts below, which is %s: a pin is not edited, make it again with maasctl pin", sum)
	}
	for i, c := range p.Contracts {
		if reason := c.unfit(); reason != "" {
			doc.FaultAt(fmt.Sprintf("/spec/contracts/%d/plural", i), "%s", reason)
		}
		if slices.ContainsFunc(p.Contracts[:i], func(earlier Contract) bool { return earlier.GroupKind() == c.GroupKind() }) {
			doc.FaultAt(fmt.Sprintf("/spec/contracts/%d", i), "%s is there twice, make the pin again with maasctl pin", c.GroupKind())
		}
	}
	if faults := doc.Faults(); len(faults) > 0 {
		return nil, faults
	}
	return p, nil
}

// resourceName is what Kubernetes allows for the plural of a type.
var resourceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// unfit says why there can be no permission to read the contract's resource. A
// plural decides what a role gives, and who writes a CRD's file writes it.
func (c Contract) unfit() string {
	switch {
	case !resourceName.MatchString(c.Plural):
		return strconv.Quote(c.Plural) + " is no name of a resource: write letters, digits and -, as in the name of the CRD"
	case c.Group == "" && c.Plural == "secrets":
		return "Secrets are never read"
	}
	return ""
}

// Contract is that of a type; false when the pin has none.
func (p *Pin) Contract(groupKind schema.GroupKind) (Contract, bool) {
	for _, c := range p.Contracts {
		if c.GroupKind() == groupKind {
			return c, true
		}
	}
	return Contract{}, false
}

// YAML is the content of the file, the same for equal pins.
func (p *Pin) YAML() ([]byte, error) {
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	body, err := syntax.YAML(pinDocument{
		APIVersion: "maas.opendatahub.io/v1alpha1", Kind: "KindPin",
		Metadata: pinMetadata{Name: p.Name}, Spec: pinSpec{SHA256: sum, Contracts: p.Contracts},
	})
	if err != nil {
		return nil, fmt.Errorf("writing the pin of %s: %w", p.Name, err)
	}
	const head = "# What kind.yaml reads, as its backend's project declares it. Made by maasctl pin: do not edit.\n"
	return slices.Concat([]byte(head), body), nil
}

// sum is the same for pins that differ in layout only.
func (p *Pin) sum() (string, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(p.Contracts); err != nil {
		return "", fmt.Errorf("hashing the pin of %s: %w", p.Name, err)
	}
	hash := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(hash[:]), nil
}

func sortContracts(contracts []Contract) {
	slices.SortFunc(contracts, func(a, b Contract) int {
		return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.Kind, b.Kind))
	})
}
