// Package jsonpath compiles RFC 9535 paths and regular expressions, and evaluates
// them within a budget: a kind-spec may be written by somebody else, and objects
// are as large as their owners make them.
package jsonpath
