package format

import (
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/engine/kind"
)

// baseURL is what an OpenAI client takes as its base URL for a model: the model's
// endpoint with /v1, which is written once where the endpoint ends in it. It is the
// rule by which the endpoint is probed at /v1/models.
//
// No brace is in it but in percent-encoding: LibreChat and opencode replace ${NAME} in
// a base URL by the environment variable (librechat-data-provider 0.8.524,
// extractEnvVariable; anomalyco/opencode 00249ba, packages/opencode/src/provider/
// provider.ts, resolveSDK), and would send it to whoever wrote the endpoint.
func baseURL(m *catalog.Model) string {
	const list = "/v1/models"
	address, err := kind.Probe{Path: list}.URL(m.URL)
	if err != nil { // no such endpoint is listed
		address = m.URL + list
	}
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(strings.TrimSuffix(address, "/models"))
}

// servedName is what a request's "model" is at the model's own endpoint: the first
// name that its backend is known to serve it by, else the name of its MaaSModel. The
// id of the list is this API's, and the backend knows nothing of it.
func servedName(m *catalog.Model) string {
	for _, alias := range m.Aliases {
		if alias != "" {
			return alias
		}
	}
	return ownName(m)
}

// ownName is the name of the MaaSModel, without its namespace.
func ownName(m *catalog.Model) string { return strings.TrimPrefix(m.ID, m.OwnedBy+"/") }

// title is what people are shown.
func title(m *catalog.Model) string {
	if strings.TrimSpace(m.Name) != "" {
		return m.Name
	}
	return m.ID
}

// The types of models that programs treat alike. See v1alpha1.ModelTypes.
const (
	typeChat          = "chat"
	typeCompletion    = "completion"
	typeEmbedding     = "embedding"
	typeRerank        = "rerank"
	typeTranscription = "transcription"
	typeSpeech        = "speech"
	typeImage         = "image"
	typeVideo         = "video"
)

// writesText says whether a model is one to chat with or to complete text, as far as
// anybody knows. One of unknown type is, unless it says which endpoints it has, and
// none of them is for that.
func writesText(m *catalog.Model) bool {
	switch m.Type {
	case typeChat, typeCompletion:
		return true
	case "":
		return len(m.SupportedEndpoints) == 0 || slices.ContainsFunc(m.SupportedEndpoints, func(path string) bool {
			return slices.Contains([]string{"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"}, path)
		})
	}
	return false
}

// has says whether a model has one of the words among its features or capabilities.
func has(m *catalog.Model, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains(m.SupportedFeatures, word) || slices.Contains(m.Capabilities, word)
	})
}

// takesInput says whether a model is known to take a modality.
func takesInput(m *catalog.Model, modality string) bool {
	return slices.Contains(m.InputModalities, modality)
}
