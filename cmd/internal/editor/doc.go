// Package editor answers what an editor asks about the kind-spec that is being
// written: what is wrong and where, how to mend it, what may follow, what a name
// stands for, and what a line means and decides.
//
// The package is pure: documents go in, answers come out. Places in a text are
// counted in bytes; package lsp turns them into what the protocol counts.
package editor
