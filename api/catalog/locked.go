package catalog

import (
	"encoding/json"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxHow bounds the text that says how to get access, in bytes.
const maxHow = 512

// locked is a model as those see it whom its backend turns away: neither its kind nor
// where it is, whether it is ready, or what it is for.
type locked struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	How    string `json:"how,omitempty"`
}

// discoverability leaves of a MaaSModel's annotations what says whether callers may
// learn of it who may not use it; nil where they may not.
func discoverability(annotations map[string]string) map[string]string {
	if annotations[v1alpha1.AnnotationDiscoverable] != "true" {
		return nil
	}
	kept := map[string]string{v1alpha1.AnnotationDiscoverable: "true"}
	if how := howOf(annotations); how != "" {
		kept[v1alpha1.AnnotationAccessRequest] = how
	}
	return kept
}

// howOf is the text fit to be shown to people who do not know who wrote it: in one line.
func howOf(annotations map[string]string) string {
	text := annotations[v1alpha1.AnnotationAccessRequest]
	text = text[:min(len(text), 2*maxHow)] // Message cuts where a character ends
	return syntax.Message(strings.Join(strings.Fields(text), " "), maxHow)
}

func lockedOf(model *v1alpha1.MaaSModel, id string) ([]byte, error) {
	kept := discoverability(model.Annotations)
	if kept == nil {
		return nil, nil
	}
	return json.Marshal(locked{ID: id, Object: "model.locked", How: kept[v1alpha1.AnnotationAccessRequest]})
}
