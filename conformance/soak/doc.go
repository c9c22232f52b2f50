// Package soak plays the real maas-controller and maas-api, as processes, on a real
// control plane, for as long as is wanted: models, referents, CRDs and kind-specs
// change at random, processes are killed and frozen, the API server among them. An
// oracle says from what the API server holds what every status must be, and each
// status that is not so for longer than it may lag is a fault.
//
//	make soak SOAK='--time=1h --seed=7'
//
// See README.md for what is played, what is counted, and what is not done.
package soak
