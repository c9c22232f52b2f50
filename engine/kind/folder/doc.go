// Package folder reads the folder of a kind, and of kinds: which files belong to
// it, how large they may be, and that no link leads out of it. Whoever fills a
// folder decides what is in it.
package folder
