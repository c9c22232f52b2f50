package contract

import (
	"encoding/json"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// fromProps keeps of a schema what tells which values there may be.
func fromProps(props *apiextensionsv1.JSONSchemaProps) *FieldSchema {
	if props == nil {
		return &FieldSchema{}
	}
	s := &FieldSchema{
		Type:        props.Type,
		Enum:        enum(props.Enum),
		Open:        props.XPreserveUnknownFields != nil && *props.XPreserveUnknownFields || props.XEmbeddedResource,
		IntOrString: props.XIntOrString,
		Nullable:    props.Nullable,
		Description: props.Description,
	}
	if s.IntOrString {
		s.Type = ""
	}
	for name := range props.Properties {
		if s.Properties == nil {
			s.Properties = map[string]*FieldSchema{}
		}
		property := props.Properties[name]
		s.Properties[name] = fromProps(&property)
	}
	if props.Items != nil {
		s.Items = fromProps(props.Items.Schema)
	}
	if more := props.AdditionalProperties; more != nil && (more.Allows || more.Schema != nil) {
		s.AdditionalProperties = fromProps(more.Schema)
	}
	return s
}

// enum are the values of an enumeration: of one that also stands in allOf or
// anyOf, those of the outermost count.
func enum(values []apiextensionsv1.JSON) []any {
	var all []any
	for _, value := range values {
		var decoded any
		if err := json.Unmarshal(value.Raw, &decoded); err == nil && decoded != nil {
			all = append(all, decoded)
		}
	}
	return all
}
