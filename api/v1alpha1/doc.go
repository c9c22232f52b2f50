// Package v1alpha1 holds the wire types of the maas.opendatahub.io/v1alpha1
// API: the MaaSModel custom resource, its condition types and its reasons.
//
// +kubebuilder:object:generate=true
// +groupName=maas.opendatahub.io
package v1alpha1
