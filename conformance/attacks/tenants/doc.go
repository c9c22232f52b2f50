// Package tenants tries what somebody with the role edit in one namespace may do
// against the default install: a real API server, both programs with the
// arguments and under the accounts of config/default, cluster DNS, and every
// address of the world in the hands of a recorder.
package tenants
