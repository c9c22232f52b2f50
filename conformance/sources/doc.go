// Package sources holds what a kind takes for true of its backend against where
// that was read.
//
// A kind-spec claims that its backend writes certain conditions, with certain
// reasons, and certain fields of a status, with certain words in them. Each of
// these Claims has to be backed by a fact of the kind's file sources.yaml, which
// names its source or says that none is established, or by an object that was
// recorded from an operator.
package sources
