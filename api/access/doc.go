// Package access decides which model endpoints let a caller in, by asking
// them: a probe carries the caller's own credentials to an endpoint, and the
// status of the reply is the verdict.
//
// Two rules hold everywhere. Credentials go to hosts that the operator trusts,
// at addresses that backends live at, and nowhere else: not after a redirect,
// not through a proxy, not into a log, a metric, an error or a cache. And a
// denial is a fact about a caller, a fault a fact about an endpoint: the one
// is never remembered as the other.
//
// Time is read from package time: the caches and breakers used here read it
// themselves. Tests run in a testing/synctest bubble.
package access
