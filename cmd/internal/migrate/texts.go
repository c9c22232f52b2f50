package migrate

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// tokens are numbers as the controller reads them: 32k are 32,000, and 32K are 32,768.
var tokens = regexp.MustCompile(`^([0-9]+[KMG]?|[0-9]+(\.[0-9]+)?[kmg])$`)

// texts tells of annotations that Models as a Service shows and the list here does
// not. All of them are carried over, and read on a MaaSModel as well.
func (c *converter) texts() {
	window := strings.TrimSpace(c.model.Annotations[v1alpha1.AnnotationUpstreamContextWindow])
	if window != "" && !tokens.MatchString(window) {
		c.model.add(c.from.noteAt(ruleTexts, []string{"metadata", "annotations", v1alpha1.AnnotationUpstreamContextWindow},
			"it is no number of tokens, and not in the list here, which has numbers alone: write one, such as 32768 or 32k"))
	}
	capabilities := strings.TrimSpace(c.model.Annotations[v1alpha1.AnnotationUpstreamCapabilities])
	var words []string
	if capabilities != "" && json.Unmarshal([]byte(capabilities), &words) != nil {
		c.model.add(c.from.noteAt(ruleTexts, []string{"metadata", "annotations", v1alpha1.AnnotationUpstreamCapabilities},
			"it is no JSON array of texts, and Models as a Service shows nothing of it; here words with commas between them are read too"))
	}
}
