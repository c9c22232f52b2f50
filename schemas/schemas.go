// Package schemas embeds the JSON Schemas of everything this project reads
// from people or shows to programs. Each is draft 2020-12 and documents every
// field it holds.
package schemas

import "embed"

// FS holds the schemas, one file each, named NAME.schema.json, and the
// description of the listing API, openapi.json, which refers to them.
//
//go:embed *.schema.json openapi.json
var FS embed.FS

// KindSpec is the file name of the kind-spec's schema. Package kindspec makes it
// from the types of api/v1alpha1 and their CRD.
const KindSpec = "kindspec.schema.json"

// The file names of what proves a kind: its cases, its sources, and the report of the suite.
const (
	Cases   = "cases.schema.json"
	Sources = "sources.schema.json"
	Report  = "report.schema.json"
)

// Parameters is the file name of the schema of what an installation sets of the
// parameters of kinds.
const Parameters = "parameters.schema.json"

// Pin is the file name of the schema of a kind's pinned contracts.
const Pin = "pin.schema.json"

// Check is the file name of the schema of what maasctl check finds.
const Check = "check.schema.json"

// The file names of what the listing API sends.
const (
	Model   = "model.schema.json"
	Models  = "models.schema.json"
	Facet   = "facet.schema.json"
	Error   = "error.schema.json"
	OpenAPI = "openapi.json"
)
