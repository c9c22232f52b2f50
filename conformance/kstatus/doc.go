// Package kstatus holds the status of MaaSModels to what kstatus, the library by
// which Flux and others wait, makes of it.
package kstatus
