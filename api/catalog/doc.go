// Package catalog keeps the list of models ready to be served: an informer on
// MaaSModels, and a snapshot of them that is rendered when something changes,
// never when it is read. A reader sees one whole snapshot or the next one.
package catalog
