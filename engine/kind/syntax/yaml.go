package syntax

import (
	"bytes"
	"encoding/json"
	"fmt"

	yamlv3 "go.yaml.in/yaml/v3"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// YAML writes a value by its JSON tags. What Visible would escape is escaped as
// YAML does it, so that the document says the same.
func YAML(value any) ([]byte, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	if content, err := yaml.JSONToYAML(encoded); err == nil && !Hides(string(content)) {
		return content, nil
	}
	var decoded any
	if err := utiljson.Unmarshal(encoded, &decoded); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	root := &yamlv3.Node{}
	if err := root.Encode(decoded); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	quoteHidden(root)
	var b bytes.Buffer
	encoder := yamlv3.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	// Only in double quotes are there any.
	return []byte(Visible(b.String())), nil
}

func quoteHidden(node *yamlv3.Node) {
	if node.Kind == yamlv3.ScalarNode && Hides(node.Value) {
		node.Style = yamlv3.DoubleQuotedStyle
	}
	for _, child := range node.Content {
		quoteHidden(child)
	}
}
