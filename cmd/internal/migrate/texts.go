package migrate

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// The annotations of a MaaSModelRef that Models as a Service lists as modelDetails.
const (
	theirDisplayName   = "openshift.io/display-name"
	theirDescription   = "openshift.io/description"
	theirUseCase       = "opendatahub.io/genai-use-case"
	theirContextWindow = "opendatahub.io/context-window"
	theirCapabilities  = "opendatahub.io/model-capabilities"
)

// texts says what the list says of the model in the annotations that are read
// here. Theirs stay: consoles read them.
func (c *converter) texts() {
	c.translate(theirDisplayName, v1alpha1.AnnotationDisplayName, func(text string) (string, string) { return text, "" })
	c.translate(theirDescription, v1alpha1.AnnotationDescription, func(text string) (string, string) { return text, "" })
	c.translate(theirContextWindow, v1alpha1.AnnotationContextLength, contextLength)
	c.translate(theirCapabilities, v1alpha1.AnnotationCapabilities, capabilities)
	if c.model.Annotations[theirUseCase] != "" {
		c.model.add(c.from.noteAt(ruleTexts, []string{"metadata", "annotations", theirUseCase},
			"it stays, and is not in the list: no field there says what a model is for; %s may say it in words", v1alpha1.AnnotationDescription))
	}
}

// translate gives an annotation a second name, unless it has that already. Why it
// cannot is told.
func (c *converter) translate(theirs, ours string, read func(string) (text, why string)) {
	written := strings.TrimSpace(c.model.Annotations[theirs])
	if written == "" || c.model.Annotations[ours] != "" {
		return
	}
	text, why := read(written)
	if why != "" {
		c.model.add(c.from.noteAt(ruleTexts, []string{"metadata", "annotations", theirs}, "%s: write %s", why, ours))
	}
	if text != "" {
		c.model.Annotations[ours] = text
	}
}

func contextLength(text string) (string, string) {
	if n, err := strconv.ParseInt(text, 10, 64); err != nil || n <= 0 {
		return "", syntax.Quote(text) + " is no whole number of tokens, and the list here has numbers alone"
	}
	return text, ""
}

// capabilities are a JSON array there, and words with commas between them here.
func capabilities(text string) (string, string) {
	var words []string
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		return "", "it is no JSON array of texts, and Models as a Service shows nothing of it either"
	}
	plain := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.TrimSpace(word) == "" || strings.Contains(word, ",") })
	if len(plain) < len(words) {
		return strings.Join(plain, ","), "entries that are empty or have commas are left out"
	}
	return strings.Join(plain, ","), ""
}
