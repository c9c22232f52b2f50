// Package contract holds kind-specs against what projects declare about their
// types of objects: in CRD files, in a cluster, in the Go types of what is built
// into Kubernetes, and in the pin beside a kind-spec.
package contract
