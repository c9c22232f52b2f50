// Package modelkind serves the kind-specs that are resources of the API server,
// the ModelKinds: it follows them, offers them to the registry, and says
// in their statuses what has become of them.
package modelkind
