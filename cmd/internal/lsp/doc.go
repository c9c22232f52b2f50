// Package lsp serves an editor by the Language Server Protocol, version 3.17, over
// two streams: it reads messages, keeps the documents that are open, and puts the
// answers of package editor into the protocol's words.
package lsp
