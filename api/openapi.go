package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/maas-kinds/maas/schemas"
)

// openAPI serves the description of this API.
func openAPI() (endpoint, error) {
	document, err := describe()
	if err != nil {
		return nil, fmt.Errorf("putting openapi.json together: %w", err)
	}
	p := newPage(document)
	return func(w *response, r *http.Request) *apiError {
		serve(w, r, p)
		return nil
	}, nil
}

// describe makes openapi.json whole: the schema files beside it, which it
// refers to by name, become its components.
func describe() ([]byte, error) {
	components := map[string]string{schemas.Model: "Model", schemas.Models: "ModelList", schemas.Facet: "Facet", schemas.Error: "Error"}
	document, err := readSchema(schemas.OpenAPI)
	if err != nil {
		return nil, err
	}
	embedded := map[string]any{}
	for file, name := range components {
		schema, err := readSchema(file)
		if err != nil {
			return nil, err
		}
		delete(schema, "$schema")
		delete(schema, "$id")
		embedded[name] = schema
	}
	parts, ok := document["components"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s has no components", schemas.OpenAPI)
	}
	parts["schemas"] = embedded
	redirectRefs(document, components)
	return json.Marshal(document)
}

func readSchema(file string) (map[string]any, error) {
	content, err := schemas.FS.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var schema map[string]any
	if err := json.Unmarshal(content, &schema); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return schema, nil
}

// redirectRefs turns references to files into references to components.
func redirectRefs(node any, components map[string]string) {
	switch node := node.(type) {
	case map[string]any:
		if file, ok := node["$ref"].(string); ok {
			if name, ok := components[file]; ok {
				node["$ref"] = "#/components/schemas/" + name
			}
		}
		for _, child := range node {
			redirectRefs(child, components)
		}
	case []any:
		for _, child := range node {
			redirectRefs(child, components)
		}
	}
}
