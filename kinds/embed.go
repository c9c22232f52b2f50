// Package kinds is the built-in catalogue: one folder a kind, and no code.
package kinds

import "embed"

// FS holds the kind-spec of every folder as NAME/kind.yaml.
//
//go:embed */kind.yaml
var FS embed.FS
