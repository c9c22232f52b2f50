// Package registry says which kinds are in force: those of files and directories,
// which it reads again when they change, and those that somebody puts in, each with
// the parameters that the installation sets in a file.
//
// Load is for programs that end. Sources serve one that stays: what cannot be
// read, or is wrong, leaves the revision in force that was good. One rule decides
// where several claim a name, see Registry.
package registry
