// Package v1alpha1 holds the wire types of the maas.opendatahub.io/v1alpha1
// API: the custom resources MaaSModel and ModelKind, their condition types and
// their reasons.
//
// +kubebuilder:object:generate=true
// +groupName=maas.opendatahub.io
package v1alpha1
