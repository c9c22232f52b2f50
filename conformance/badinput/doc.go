// Package badinput shows what every kind of the catalogue makes of statuses that
// no API server with the backend's own CRD takes, and an object of an older CRD,
// or one without a schema, still may have. Cases cannot hold them, because they
// are played on API servers. What is decided, and what is said of it, is in one
// file for people to read.
package badinput
