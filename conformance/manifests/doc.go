// Package manifests proves config/ on a real API server: that every overlay is
// built and taken, who may do what with it, and that the programs run as it says.
package manifests
