// Package attacks tries to get callers' tokens out of the listing API, to make
// it give one caller what is another's, and to make it fail. Backends are
// hostile, and so are callers.
//
// Every attack is a row with a name and the reason why it would matter. It is
// played against the real API, with the options that the flags default to, in a
// network where every address is the suite's own (see isolate): metadata
// services, Services of a cluster, and the rest of the world are there, and write
// down what they get. Every token holds a mark, which is looked for wherever it
// may not be. Each row has a control: the same model with a harmless backend is
// listed, before and after.
//
// A row names the faults it is there to notice. TestPlantedFaults plays it against
// an API that has the fault, and fails where the row holds all the same.
//
// What tenants of the default install may try is in package tenants, and what
// files of strangers do to those who run maasctl on them in package authors.
//
//	make attacks                  the whole suite
//	go test ./conformance/attacks the short form: rows that take long are left out
package attacks
