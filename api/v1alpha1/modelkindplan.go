package v1alpha1

// Bounds on what a KindPlan has.
const (
	// MaxPlannedChanges is how many models are named, the harmed ones first.
	MaxPlannedChanges = 20
	// MaxPlannedTypes is how many types are named.
	MaxPlannedTypes = 40
)

// KindPlan is what would change if the spec of a ModelKind came into force.
type KindPlan struct {
	// generation of the ModelKind that was planned.
	// +required
	Generation int64 `json:"generation"`

	// models are all MaaSModels that there are.
	// +required
	Models int32 `json:"models"`

	// harmed are those that would be worse off: not Ready any more, in no list any
	// more, Failed, or at another host, port or scheme.
	// +required
	Harmed int32 `json:"harmed"`

	// undecided are those of which nothing can be said, since something is not read.
	// +required
	Undecided int32 `json:"undecided"`

	// changed are all others of which something would change.
	// +required
	Changed int32 `json:"changed"`

	// changes are those of the first 20 models, the harmed ones first.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=20
	Changes []PlannedChange `json:"changes,omitempty"`

	// watches are the types that would be watched, GROUP/VERSION KIND, and with a minus
	// before them those that would not be any longer.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=40
	Watches []string `json:"watches,omitempty"`

	// roles are the resources that the controller would have to be allowed to list and
	// watch, and with a minus before them those that it need not be any longer.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=40
	Roles []string `json:"roles,omitempty"`
}

// PlannedChange is what would change of one MaaSModel.
type PlannedChange struct {
	// namespace of the MaaSModel.
	// +required
	Namespace string `json:"namespace"`

	// name of the MaaSModel.
	// +required
	Name string `json:"name"`

	// effect is NotReady, Unlisted, Moved or Failed, which are harm, or Undecided,
	// Changed or Better.
	// +required
	Effect string `json:"effect"`

	// before is the phase, the reason and the endpoint of the model as it is.
	// +required
	Before string `json:"before"`

	// after is the same as it would be.
	// +required
	After string `json:"after"`
}
