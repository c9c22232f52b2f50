// Package scale measures the controller with many models: the real maas-controller
// as a process of its own, in the install of config/default on a real control plane.
// Every row has a control plane of its own, is bounded in count and time, and stays
// on loopback. What the API server does by itself is measured in the same row.
//
//	make bench-scale
//
// See README.md for what is measured and what it showed.
package scale
