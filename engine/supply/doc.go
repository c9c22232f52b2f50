// Package supply keeps the set of kinds in force true to where the kind-specs
// come from: what is built in, directories that may change at any time, and
// other origins such as resources of the API server; and to the file in which an
// installation sets their parameters. A change is read and
// compiled aside, and put in force as a whole.
package supply
