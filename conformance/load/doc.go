// Package load measures a listing API under load: the real maas-api as a process
// of its own, on a real control plane, with backends in a third process. Every row
// is bounded in count and time, everything stays on loopback, and every list is
// compared with the models that it has to have.
//
//	make load
//
// See README.md for the rows and what they showed.
package load
