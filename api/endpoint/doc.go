// Package endpoint says what a URL must be to be published as a model's
// endpoint and to be sent a caller's credentials. The controller holds what it
// publishes against these rules, so that a status says why something is refused;
// the API holds every connection against the same ones.
package endpoint
