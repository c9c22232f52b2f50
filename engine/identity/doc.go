// Package identity gives MaaSModels their ids, and keeps a name for the
// namespace that it was given to.
//
// A model's id is its name where nobody else has it, and namespace/name
// otherwise. What decides is pure: Book is what is known at one moment, and is
// asked with the objects that there are. Store keeps a Book in ConfigMaps, so
// that names outlive the objects and the process.
package identity
