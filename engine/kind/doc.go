// Package kind is the kind-spec language: load, validate, compile, observe,
// explain. A kind-spec is a YAML file that says how to read one kind of
// backend; a Kind is the compiled, immutable form of it.
//
// The package is pure. It reads nothing but the fs.FS it is given, and no
// clock, network or logger: the same input gives the same output.
package kind
