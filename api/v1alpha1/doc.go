// Package v1alpha1 holds the wire types of the maas.opendatahub.io/v1alpha1
// API: the custom resources MaaSModel and ModelKind, their condition types and
// their reasons. ModelKindSpec is the syntax tree of kind-specs, in files as well;
// package schemas/kindspec makes their JSON Schema and their reference of it.
//
// +kubebuilder:object:generate=true
// +groupName=maas.opendatahub.io
package v1alpha1
