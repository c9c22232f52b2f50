// Package kinds is the built-in catalogue: one folder a kind, and no code.
package kinds

import "embed"

// FS holds what is in the folder of every kind: NAME/kind.yaml and what proves it.
//
//go:embed */*.yaml
var FS embed.FS
