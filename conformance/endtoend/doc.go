// Package endtoend is level L6 of the suite: every kind in the install of
// config/default. The programs run with the flags of their Deployments, as their
// accounts and with their roles, on one control plane for all kinds. A backend
// answers at the host that each kind publishes, a caller whom it lets in finds the
// model, and one whom it does not finds nothing.
//
// The tests run in a network of their own, where every address is this machine's.
// Names, and the authority that signs certificates, are the tests'; nothing else is.
package endtoend
