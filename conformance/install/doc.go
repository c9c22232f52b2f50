// Package install puts config/ into a test's API server and starts the programs
// as it says: with the arguments of their Deployments, as their accounts.
package install
