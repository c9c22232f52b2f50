package format

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
)

// backstage is a catalog file of Backstage: an API entity for each model, as YAML
// documents in one file. A JSON array is none: the parser takes objects at the root
// alone (@backstage/plugin-catalog-node 3.0.0, dist/processing/parse.cjs.js). Each
// document is one line of JSON, which is YAML.
//
// Sources: @backstage/catalog-model 1.10.3: API.v1alpha1.schema.json, and
// FieldFormatEntityPolicy for names, namespaces and tags. Established there is
// spec.type "openapi" with a definition. Not established is a type for model servers:
// "ai-model-server" is proposed (backstage/backstage pull request 34476, open in
// November 2026, its fields under discussion), and Red Hat Developer Hub has a kind of
// its own for them. So this says what a model's API is, which any Backstage shows.
func backstage() Form {
	return Form{
		Name: "backstage", ContentType: contentTypeYAML, saysReady: true,
		open: "---\n", between: "\n---\n", end: ends("\n"),
		entry: func(m *catalog.Model) ([]byte, error) {
			definition, err := definitionOf(m)
			if err != nil {
				return nil, fmt.Errorf("its definition: %w", err)
			}
			return encoded(entityOf(m, string(definition)))
		},
	}
}

type entity struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Metadata   entityMeta `json:"metadata"`
	Spec       entitySpec `json:"spec"`
}

type entityMeta struct {
	Namespace   string            `json:"namespace"`
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Description string            `json:"description,omitempty"`
	Annotations map[string]string `json:"annotations"`
	Tags        []string          `json:"tags"`
}

type entitySpec struct {
	Type       string `json:"type"`
	Lifecycle  string `json:"lifecycle"`
	Owner      string `json:"owner"`
	Definition string `json:"definition"`
}

func entityOf(m *catalog.Model, definition string) entity {
	lifecycle := "production"
	if m.Lifecycle != nil && m.Lifecycle.Status == catalog.StatusDeprecated {
		lifecycle = "deprecated"
	}
	return entity{
		APIVersion: "backstage.io/v1alpha1", Kind: "API",
		Metadata: entityMeta{
			Namespace: m.OwnedBy, Name: entityName(ownName(m)), Title: title(m), Description: m.Description, Tags: tags(m),
			Annotations: map[string]string{
				"maas.opendatahub.io/id": m.ID, "maas.opendatahub.io/kind": m.Kind, "maas.opendatahub.io/ready": strconv.FormatBool(m.Ready),
			},
		},
		Spec: entitySpec{Type: "openapi", Lifecycle: lifecycle, Owner: "group:default/" + m.OwnedBy, Definition: definition},
	}
}

// maxEntityName is how long a name of Backstage may be.
const maxEntityName = 63

// entityName is the name of an entity for that of a MaaSModel. Those are of letters,
// digits, dots and dashes, as Backstage's are, and may be longer: then the beginning
// is followed by an underscore, which no name of a MaaSModel has, and by its hash. So
// no two have the same one.
func entityName(name string) string {
	if len(name) <= maxEntityName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
	return name[:maxEntityName-1-len(hash)] + "_" + hash
}

var tag = regexp.MustCompile(`^[a-z0-9+#]+(-[a-z0-9+#]+)*$`)

// tags are what people filter by. What does not fit Backstage's alphabet is no tag.
func tags(m *catalog.Model) []string {
	all := []string{"ai-model"}
	for _, word := range []string{m.Type, strings.ToLower(m.Kind)} {
		if len(word) <= maxEntityName && tag.MatchString(word) {
			all = append(all, word)
		}
	}
	return all
}
