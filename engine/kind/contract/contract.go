package contract

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Contract is what is known about one type of objects: the whole of what its
// project publishes, or the part of it that a pin keeps.
type Contract struct {
	// Group is the API group; empty for the core group.
	Group string `json:"group"`
	// Kind is the Kubernetes kind.
	Kind string `json:"kind"`
	// Plural is the name of the resource, for roles and requests.
	Plural string     `json:"plural"`
	Scope  kind.Scope `json:"scope"`
	// Source says what it was taken from.
	Source ContractSource `json:"source"`
	// Versions has the schema of every served version.
	Versions map[string]*FieldSchema `json:"versions"`
	// Served are the names of all versions that its CRD serves, sorted; in a pin also
	// those that the kind-spec does not read. Empty where no CRD was read.
	Served []string `json:"served,omitempty"`
	// Storage is the version that objects are stored in, and Deprecated are those
	// that its CRD calls so; known where Served is.
	Storage    string   `json:"storage,omitempty"`
	Deprecated []string `json:"deprecated,omitempty"`
	// Conditions are the types of conditions that kubectl get shows, as far as the
	// CRD says; its schema says none.
	Conditions []string `json:"-"`
	// Path is where the file is that it was read from; empty for all others.
	Path string `json:"-"`
}

// ContractSource says what a contract was taken from.
type ContractSource struct {
	// Project is the upstream project, for example "kserve/kserve".
	Project string `json:"project"`
	// Version is that project's release.
	Version string `json:"version"`
	// File is the base name of the CRD file; for types that are built into
	// Kubernetes, the Go type.
	File string `json:"file"`
	// SHA256 is the hash of the whole file in lower-case hex; of a Go type, of
	// the whole schema that it gives.
	SHA256 string `json:"sha256"`
}

// GroupKind identifies the type without a version.
func (c Contract) GroupKind() schema.GroupKind {
	return schema.GroupKind{Group: c.Group, Kind: c.Kind}
}

// VersionNames are those that are served, as far as they are known, sorted.
func (c Contract) VersionNames() []string { return slices.Sorted(maps.Keys(c.Versions)) }

// FieldSchema is as much of an OpenAPI v3 schema, as CRDs have it, as tells what may
// be at a path. The zero FieldSchema allows anything.
type FieldSchema struct {
	// Type is object, array, string, integer, number, boolean, or empty.
	Type string `json:"type,omitempty"`
	// Enum lists the only values; nil when there is no such list.
	Enum                 []any                   `json:"enum,omitempty"`
	Properties           map[string]*FieldSchema `json:"properties,omitempty"`
	AdditionalProperties *FieldSchema            `json:"additionalProperties,omitempty"`
	Items                *FieldSchema            `json:"items,omitempty"`
	// Open says that there may be fields that Properties does not list.
	Open bool `json:"x-kubernetes-preserve-unknown-fields,omitempty"`
	// IntOrString says that it is an integer or a string.
	IntOrString bool `json:"x-kubernetes-int-or-string,omitempty"`
	// Nullable says that it may be null.
	Nullable bool `json:"nullable,omitempty"`
	// Description is what its project says of it, for whoever reads the CRD; no part of a pin.
	Description string `json:"-"`
}

// classes are the JSON types that a value may have.
type classes uint8

const (
	classString classes = 1 << iota
	classNumber
	classBoolean
	classList
	classObject

	scalars  = classString | classNumber | classBoolean
	anything = scalars | classList | classObject
)

func (s *FieldSchema) classes() classes {
	switch {
	case s.IntOrString:
		return classString | classNumber
	case s.Type == "":
		return anything
	}
	return map[string]classes{
		"string": classString, "integer": classNumber, "number": classNumber,
		"boolean": classBoolean, "array": classList, "object": classObject,
	}[s.Type]
}

// noun says what a value is, with its article.
func (s *FieldSchema) noun() string {
	switch {
	case s.IntOrString:
		return "an integer or a string"
	case s.Type == "":
		return "of any type"
	case s.Type == "array":
		return "a list"
	case s.Type == "integer" || s.Type == "object":
		return "an " + s.Type
	}
	return "a " + s.Type
}

func classOf(value any) classes {
	switch syntax.TypeName(value) {
	case "string":
		return classString
	case "number":
		return classNumber
	case "boolean":
		return classBoolean
	case "list":
		return classList
	}
	return classObject
}

// flat is the schema without what is below it.
func (s *FieldSchema) flat() *FieldSchema {
	return &FieldSchema{Type: s.Type, Enum: s.Enum, Open: s.Open, IntOrString: s.IntOrString, Nullable: s.Nullable}
}

func scalar(jsonType string) *FieldSchema { return &FieldSchema{Type: jsonType} }

func object(properties map[string]*FieldSchema) *FieldSchema {
	return &FieldSchema{Type: "object", Properties: properties}
}

// everyObject is what the API server itself gives every object.
func everyObject() map[string]*FieldSchema {
	text := func() *FieldSchema { return scalar("string") }
	texts := func() *FieldSchema { return &FieldSchema{Type: "object", AdditionalProperties: text()} }
	owner := object(map[string]*FieldSchema{
		"apiVersion": text(), "kind": text(), "name": text(), "uid": text(),
		"controller": scalar("boolean"), "blockOwnerDeletion": scalar("boolean"),
	})
	return map[string]*FieldSchema{
		"apiVersion": text(),
		"kind":       text(),
		"metadata": object(map[string]*FieldSchema{
			"name": text(), "generateName": text(), "namespace": text(), "uid": text(), "resourceVersion": text(),
			"generation": scalar("integer"), "creationTimestamp": text(), "deletionTimestamp": text(),
			"deletionGracePeriodSeconds": scalar("integer"), "labels": texts(), "annotations": texts(),
			"finalizers":      {Type: "array", Items: text()},
			"ownerReferences": {Type: "array", Items: owner},
		}),
	}
}
