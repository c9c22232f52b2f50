// Package engine is the controller shell around the pure core: it watches
// MaaSModels and what they refer to, asks engine/kind what is observed and
// engine/phase what that means, and stores the answer in the MaaSModel's status.
package engine
