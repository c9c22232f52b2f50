// Package referent watches the backend objects that MaaSModels refer to: one
// watch per referent type, started when the API server serves the type, stopped
// when it no longer does, and started again when it is back, any number of
// times and without a restart.
//
// What a watch keeps of an object is only what the kinds read of it. Whether a
// type is served is known from a watch on CustomResourceDefinitions, and from
// discovery for types that have none.
package referent
