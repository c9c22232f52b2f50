// Package plan says what a change of kinds would do before it is done: which models
// would be worse off, and what the controller would have to be allowed to read. It
// is one pure function of the models, the objects, and the kinds before and after.
package plan
