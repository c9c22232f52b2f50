// Package migrate turns what Models as a Service (opendatahub-io/models-as-a-service,
// v0.2.1 and c0639b1b) calls a model, a MaaSModelRef, into a MaaSModel, and says of
// everything that has no equal here where it is written.
//
// The package is pure: Read takes the text of files, Migrate objects of whatever
// origin, and neither changes anything.
package migrate
