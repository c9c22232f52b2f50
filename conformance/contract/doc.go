// Package contract reads what projects declare about their types of objects:
// in CRD files, in a cluster, and in the Go types of what is built into
// Kubernetes.
package contract
