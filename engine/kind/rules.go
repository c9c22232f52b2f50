package kind

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
	ruleFile         = "file"
	ruleYAML         = "yaml"
	ruleLimits       = "limits"
	ruleSchema       = "schema"
	ruleFirstEdition = "first-edition"
	ruleMeaning      = "meaning"
	rulePath         = "path"
	ruleUnknownName  = "unknown-name"
	ruleOrder        = "order"
	ruleNeverHolds   = "never-holds"
	ruleNames        = "names"
	ruleHandOn       = "hand-on"
	ruleContract     = "contract"

	// RuleParameters is that of what an installation sets of a kind's parameters.
	RuleParameters = "parameters"

	ruleUnusedValue     = "unused-value"
	ruleUnusedSubject   = "unused-subject"
	ruleUnreachableRule = "unreachable-rule"
	ruleUnreachable     = "unreachable-source"
	ruleDefault         = "default-written"
	ruleAllVersions     = "all-versions"
	ruleNeedlessMatch   = "needless-match"
	ruleAnyGeneration   = "needless-any-generation"
	ruleConditionCase   = "condition-case"
	ruleFilter          = "filter-for-where"
)

// Rules are all that a kind-spec is held to: first what is refused, in the order
// in which it is looked for, then what is only warned of.
func Rules() []Rule {
	return []Rule{
		{Name: ruleFile, Doc: "Every kind-spec can be read, and lies in a folder with a " + specFile + " or in a YAML file."},
		{Name: ruleYAML, Doc: "A file is one YAML document without tabs, anchors, merge keys and keys that are written twice."},
		{Name: ruleLimits, Doc: "A file is no larger and no deeper than anybody writes, and has no more faults than anybody reads."},
		{Name: ruleFirstEdition, Doc: "Words that the language does not have any more are written as it says the same now."},
		{Name: ruleSchema, Doc: "Every field is known, of the right type, and there when it has to be."},
		{Name: rulePath, Doc: "A path is an RFC 9535 JSONPath whose work does not grow faster than the object."},
		{Name: ruleUnknownName, Doc: "Every value and subject that is named is declared."},
		{Name: ruleNeverHolds, Doc: "No list of predicates contradicts itself."},
		{Name: ruleMeaning, Doc: "Fields that stand together make sense together."},
		{Name: ruleOrder, Doc: "Subjects and values need only what comes before them, never themselves, and lead over a few objects."},
		{Name: ruleNames, Doc: "A kind is called as its folder is, and no other kind has its name or one of its aliases."},
		{Name: ruleHandOn, Doc: "A kind that an object is handed on to is there, reads such objects, and does not lead back."},
		{Name: ruleContract, Doc: "Every path and comparison fits the schema that is pinned in " + pinFile + ", where there is one."},
		{Name: RuleParameters, Doc: "What an installation sets of the parameters of kinds is declared and of the type that it has to be, and nothing is missing."},

		{Name: ruleUnusedValue, Doc: "Something uses every value and every parameter.", Warning: true},
		{Name: ruleUnusedSubject, Doc: "Something looks at every subject.", Warning: true},
		{Name: ruleUnreachableRule, Doc: "No health rule comes behind one that holds whenever it does.", Warning: true},
		{Name: ruleUnreachable, Doc: "No source or candidate comes behind one that always yields something, and none is there twice.", Warning: true},
		{Name: ruleDefault, Doc: "What is the default is not written.", Warning: true},
		{Name: ruleAllVersions, Doc: "versions leaves some of the versions out that are read.", Warning: true},
		{Name: ruleNeedlessMatch, Doc: "match is written only where there may be several values to look at.", Warning: true},
		{Name: ruleAnyGeneration, Doc: "anyGeneration is written only where conditions have generations that count.", Warning: true},
		{Name: ruleConditionCase, Doc: "Condition types begin with a capital letter, and one type is written in one way: they are compared letter by letter.", Warning: true},
		{Name: ruleFilter, Doc: "Entries are chosen by where, and not by a filter in the path, where that is no longer.", Warning: true},
	}
}
