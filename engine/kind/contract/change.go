package contract

// Change is a sort of drift.
type Change string

// The sorts of drifts.
const (
	ChangeTypeGone    Change = "TypeGone"
	ChangeScope       Change = "ScopeChanged"
	ChangeResource    Change = "ResourceRenamed"
	ChangeVersionGone Change = "VersionGone"
	ChangeFieldGone   Change = "FieldGone"
	ChangeTypeOfValue Change = "TypeChanged"
	ChangeMapGone     Change = "MapGone"
	// ChangeValuesGone breaks where a rule compares with one of them.
	ChangeValuesGone  Change = "ValuesGone"
	ChangeValuesAdded Change = "ValuesAdded"
	ChangeNullable    Change = "BecameNullable"
	// ChangeMisfit is what only shows where the kind-spec itself is held against
	// what is there.
	ChangeMisfit Change = "DoesNotFit"
	// Of versions, which a pin keeps but for the schemas of those that are not read.
	ChangeVersionAdded      Change = "VersionAdded"
	ChangeStorage           Change = "StorageVersionChanged"
	ChangeVersionDeprecated Change = "VersionDeprecated"
)

// Breaks says that a kind-spec cannot go on reading what it reads, whatever it
// compares it with.
func (c Change) Breaks() bool {
	switch c {
	case ChangeTypeGone, ChangeScope, ChangeResource, ChangeVersionGone, ChangeFieldGone, ChangeTypeOfValue, ChangeMapGone, ChangeMisfit:
		return true
	case ChangeValuesGone, ChangeValuesAdded, ChangeNullable, ChangeVersionAdded, ChangeStorage, ChangeVersionDeprecated:
	}
	return false
}
