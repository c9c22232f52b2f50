// Package phase is the state machine of a MaaSModel: one pure function from
// the stored status and one observation to the next status.
//
// Nothing is remembered between decisions: a restarted controller decides as
// the one before it would have. Time is an argument, and the only I/O a caller
// has to do is to store what Decide returns.
package phase
