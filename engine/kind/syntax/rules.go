package syntax

import (
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// Rule is something that a kind-spec is held to.
type Rule struct {
	// Name in lower case, with hyphens.
	Name string
	// Doc says in one sentence what it means for the author.
	Doc string
	// Warning: a kind-spec that breaks it is useless there, and harmless. It is
	// served all the same.
	Warning bool
}

// The names of the rules.
const (
	RuleFile         = "file"
	ruleYAML         = "yaml"
	ruleLimits       = "limits"
	RuleSchema       = "schema"
	RuleFirstEdition = "first-edition"
	RuleMeaning      = "meaning"
	RulePath         = "path"
	RuleUnknownName  = "unknown-name"
	RuleOrder        = "order"
	RuleNeverHolds   = "never-holds"
	RuleNames        = "names"
	RuleHandOn       = "hand-on"
	RuleContract     = "contract"

	// RuleParameters is that of what an installation sets of a kind's parameters.
	RuleParameters = "parameters"
)

// Rules are those whose breach is refused, in the order in which they are looked
// at. What is only warned of has rules in vet.
func Rules() []Rule {
	return []Rule{
		{Name: RuleFile, Doc: "Every kind-spec can be read, and lies in a folder with a " + folder.SpecFile + " or in a YAML file."},
		{Name: ruleYAML, Doc: "A file is one YAML document without tabs, anchors, merge keys and keys that are written twice."},
		{Name: ruleLimits, Doc: "A file is no larger and no deeper than anybody writes, and has no more faults than anybody reads."},
		{Name: RuleFirstEdition, Doc: "Words that the language does not have any more are written as it says the same now."},
		{Name: RuleSchema, Doc: "Every field is known, of the right type, and there when it has to be."},
		{Name: RulePath, Doc: "A path is an RFC 9535 JSONPath whose work does not grow faster than the object."},
		{Name: RuleUnknownName, Doc: "Every value and subject that is named is declared."},
		{Name: RuleNeverHolds, Doc: "No list of predicates contradicts itself."},
		{Name: RuleMeaning, Doc: "Fields that stand together make sense together."},
		{Name: RuleOrder, Doc: "Subjects and values need only what comes before them, never themselves, and lead over a few objects."},
		{Name: RuleNames, Doc: "A kind is called as its folder is, and no other kind has its name or one of its aliases."},
		{Name: RuleHandOn, Doc: "A kind that an object is handed on to is there, reads such objects, and does not lead back."},
		{Name: RuleContract, Doc: "Every path and comparison fits the schema that is pinned in " + folder.PinFile + ", where there is one."},
		{Name: RuleParameters, Doc: "What an installation sets of the parameters of kinds is declared and of the type that it has to be, and nothing is missing."},
	}
}
