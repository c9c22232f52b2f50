package format

import (
	"cmp"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
)

// definition is a description of a model's API in OpenAPI 3.1: where it is, which of
// OpenAI's paths it has, and by which name it is asked for.
type definition struct {
	OpenAPI    string              `json:"openapi"`
	Info       info                `json:"info"`
	Servers    []server            `json:"servers"`
	Paths      map[string]pathItem `json:"paths"`
	Security   []map[string]words  `json:"security"`
	Components components          `json:"components"`
}

type info struct {
	Title       string `json:"title"`
	Version     string `json:"version"`
	Description string `json:"description,omitempty"`
}

type server struct {
	URL string `json:"url"`
}

type pathItem struct {
	Post operation `json:"post"`
}

type operation struct {
	RequestBody requestBody         `json:"requestBody"`
	Responses   map[string]response `json:"responses"`
}

type requestBody struct {
	Required bool               `json:"required"`
	Content  map[string]content `json:"content"`
}

type content struct {
	Schema schema `json:"schema"`
}

type schema struct {
	Type       string            `json:"type,omitempty"`
	Required   words             `json:"required,omitempty"`
	Properties map[string]schema `json:"properties,omitempty"`
	Const      string            `json:"const,omitempty"`
}

type response struct {
	Description string `json:"description"`
}

type components struct {
	SecuritySchemes map[string]securityScheme `json:"securitySchemes"`
}

type securityScheme struct {
	Type   string `json:"type"`
	Scheme string `json:"scheme"`
}

// definitionOf is the definition as text.
func definitionOf(m *catalog.Model) ([]byte, error) {
	const bearer = "bearer"
	asked := schema{Type: "object", Required: words{"model"}, Properties: map[string]schema{"model": {Const: servedName(m)}}}
	d := definition{
		OpenAPI: "3.1.0", Info: info{Title: title(m), Version: cmp.Or(m.Revision, "unknown"), Description: m.Description},
		Servers: []server{{baseURL(m)}}, Paths: map[string]pathItem{}, Security: []map[string]words{{bearer: {}}},
		Components: components{SecuritySchemes: map[string]securityScheme{bearer: {Type: "http", Scheme: bearer}}},
	}
	for _, path := range pathsOf(m) {
		accepts := contentTypeJSON
		if path == "/audio/transcriptions" {
			accepts = "multipart/form-data"
		}
		d.Paths[path] = pathItem{operation{
			RequestBody: requestBody{Required: true, Content: map[string]content{accepts: {asked}}},
			Responses:   map[string]response{"200": {"As OpenAI's API answers."}},
		}}
	}
	return encoded(d)
}

// pathsOf are the paths below the base URL that the model says it has, or else those
// that go with its type.
func pathsOf(m *catalog.Model) []string {
	var paths []string
	for _, path := range m.SupportedEndpoints {
		if below, found := strings.CutPrefix(path, "/v1/"); found {
			paths = append(paths, "/"+below)
		}
	}
	if len(paths) > 0 {
		return paths
	}
	if path, found := map[string]string{
		"": "/chat/completions", typeChat: "/chat/completions", typeCompletion: "/completions", typeEmbedding: "/embeddings", typeRerank: "/rerank",
		typeTranscription: "/audio/transcriptions", typeSpeech: "/audio/speech", typeImage: "/images/generations", typeVideo: "/videos",
	}[m.Type]; found {
		return []string{path}
	}
	return nil
}
