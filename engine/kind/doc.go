// Package kind compiles kind-specs and observes objects by them. A kind-spec says
// how to read one kind of backend; a Kind is the compiled, immutable form of it.
//
// What is around it: package syntax reads the YAML and reports faults, jsonpath
// evaluates paths, vet gives advice, contract holds a kind-spec against schemas,
// and registry says which kinds are in force.
//
// The package is pure. It reads nothing but what it is given, and no clock,
// network or logger: the same input gives the same output.
package kind
