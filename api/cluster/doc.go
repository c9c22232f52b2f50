// Package cluster follows what is inside the cluster that this process serves:
// the networks its Services and Pods get their addresses from, and where its
// API server is. Callers' tokens go to a cluster-local name only if it leads
// inside, and never to the API server.
package cluster
