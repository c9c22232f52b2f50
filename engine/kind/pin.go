package kind

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/schemas"
)

// PinFile is the name of a pin, beside the kind.yaml that it is for.
const PinFile = "referent.yaml"

// Pin is the part of the contracts of other projects that one kind-spec reads.
type Pin struct {
	// Name of the kind.
	Name string
	// Contracts are sorted by group and kind.
	Contracts []Contract

	doc document
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
	v, err := newValidatorFor(schemas.Pin)
	if err != nil {
		return nil, err
	}
	doc := parseDocument(file, content)
	if len(doc.faults) == 0 {
		if err := v.validate(&doc); err != nil {
			return nil, err
		}
	}
	if len(doc.faults) > 0 {
		return nil, doc.faults.sorted()
	}
	encoded, err := json.Marshal(doc.value)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", file, err)
	}
	var read pinDocument
	if err := json.Unmarshal(encoded, &read); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", file, err)
	}
	p := &Pin{Name: read.Metadata.Name, Contracts: read.Spec.Contracts, doc: doc}
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	if sum != read.Spec.SHA256 {
		doc.faultAt("/spec/sha256", "is not the hash of the contracts below, which is %s: a pin is not edited, make it again with maasctl pin", sum)
	}
	for i, c := range p.Contracts {
		if reason := c.unfit(); reason != "" {
			doc.faultAt(fmt.Sprintf("/spec/contracts/%d/plural", i), "%s", reason)
		}
		if slices.ContainsFunc(p.Contracts[:i], func(earlier Contract) bool { return earlier.GroupKind() == c.GroupKind() }) {
			doc.faultAt(fmt.Sprintf("/spec/contracts/%d", i), "%s is there twice, make the pin again with maasctl pin", c.GroupKind())
		}
	}
	if len(doc.faults) > 0 {
		return nil, doc.faults.sorted()
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
		return quote(c.Plural) + " is no name of a resource: write letters, digits and -, as in the name of the CRD"
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
	body, err := YAML(pinDocument{
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
