// Package syntax turns the bytes of a kind-spec, a pin or a file of cases into
// data with positions, holds it against a JSON Schema, and says what is wrong: each
// fault with its file, line, field and advice.
//
// The package is pure, and knows nothing of what a kind-spec means.
package syntax
