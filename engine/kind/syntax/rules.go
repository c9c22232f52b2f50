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

	RuleUnusedValue     = "unused-value"
	RuleUnusedSubject   = "unused-subject"
	RuleUnreachableRule = "unreachable-rule"
	RuleUnreachable     = "unreachable-source"
	RuleDefault         = "default-written"
	RuleAllVersions     = "all-versions"
	RuleNeedlessMatch   = "needless-match"
	RuleAnyGeneration   = "needless-any-generation"
	RuleConditionCase   = "condition-case"
	RuleFilter          = "filter-for-where"
)

// Rules are all that a kind-spec is held to: first what is refused, in the order
// in which it is looked for, then what is only warned of.
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

		{Name: RuleUnusedValue, Doc: "Something uses every value and every parameter.", Warning: true},
		{Name: RuleUnusedSubject, Doc: "Something looks at every subject.", Warning: true},
		{Name: RuleUnreachableRule, Doc: "No health rule comes behind one that holds whenever it does.", Warning: true},
		{Name: RuleUnreachable, Doc: "No source or candidate comes behind one that always yields something, and none is there twice.", Warning: true},
		{Name: RuleDefault, Doc: "What is the default is not written.", Warning: true},
		{Name: RuleAllVersions, Doc: "versions leaves some of the versions out that are read.", Warning: true},
		{Name: RuleNeedlessMatch, Doc: "match is written only where there may be several values to look at.", Warning: true},
		{Name: RuleAnyGeneration, Doc: "anyGeneration is written only where conditions have generations that count.", Warning: true},
		{Name: RuleConditionCase, Doc: "Condition types begin with a capital letter, and one type is written in one way: they are compared letter by letter.", Warning: true},
		{Name: RuleFilter, Doc: "Entries are chosen by where, and not by a filter in the path, where that is no longer.", Warning: true},
	}
}
