// Package authors tries what somebody can do who writes the files that others
// run maasctl on: kind-specs, cases, pins, CRDs, objects, and the folders that
// they are in. Each row plays the real program, as a process with a limit on
// its memory, in a folder that the author has filled. TestHarmless plays the
// same command lines on the same folder before the author came.
package authors
