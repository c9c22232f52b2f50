// Package kindspec writes down what a kind-spec is: the JSON Schema of its files
// and the reference page. Nothing that runs uses it; its tests hold what is
// committed against what it makes.
//
// Both come from the types of api/v1alpha1. Their CRD, which controller-gen makes
// of them, has every field's type and bounds. The Go source has what a CRD cannot
// hold: which types there are, in which order their fields were written, and these
// markers, which controller-gen passes over:
//
//	+advice:  what to write instead, beside a value that is refused
//	+example: a value, as YAML
//	+unique   no entry of the list may be there twice
package kindspec
