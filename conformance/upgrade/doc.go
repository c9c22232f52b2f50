// Package upgrade has a cluster go from an earlier state of this repository to the
// present one and back, and from one version of its API to the next, with models in
// place. It has tests only.
package upgrade
