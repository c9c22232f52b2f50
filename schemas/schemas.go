// Package schemas embeds the JSON Schemas of everything this project reads
// from people or shows to programs. Each is draft 2020-12 and documents every
// field it holds.
package schemas

import "embed"

// FS holds the schemas, one file each, named NAME.schema.json.
//
//go:embed *.schema.json
var FS embed.FS

// KindSpec is the file name of the kind-spec's schema.
const KindSpec = "kindspec.schema.json"
