package kind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// adviseDefaults notes what is written out although it would be so anyway.
func (c compiler) adviseDefaults() {
	if probe := c.spec.Probe; probe != nil {
		for name, isDefault := range map[string]bool{
			"policy": probe.Policy == v1alpha1.ProbePolicy(ProbePerCaller), "path": probe.Path == DefaultProbe().Path,
			"method": probe.Method == DefaultProbe().Method, "expect": probe.Expect == v1alpha1.ProbeExpectation(ExpectNoPage),
			"accept": slices.Equal(v1alpha1.Constants(probe.Accept), []any{"2xx", 405.0}),
		} {
			if isDefault {
				c.doc.Advise(syntax.RuleDefault, "/spec/probe/"+name, "this is the default, leave it out")
			}
		}
	}
}

// adviseFilters warns of filters in the path of a subject, where where says the
// same in one way for all: nothing else has to be written for it. A filter in the
// path of a source needs a subject to say it, which is longer, and is left alone.
func (c compiler) adviseFilters() {
	for i, s := range c.spec.Subjects {
		word := "each"
		if s.All != "" {
			word = "all"
		}
		if list, where := vet.WithoutFilter(s.Each + s.All); list != "" {
			c.doc.Advise(syntax.RuleFilter, fmt.Sprintf("/spec/subjects/%d/%s", i, word), "where chooses entries: write %s: %s, and in where %s", word, syntax.Flow(list), where)
		}
	}
}

// adviseCase warns of condition types that are most likely written in the wrong
// case: what nobody writes is a rule that never holds.
func (c compiler) adviseCase(at, of, condition string) {
	key := of + " " + strings.ToLower(condition)
	first, known := c.conditions[key]
	switch {
	case !known:
		c.conditions[key] = condition
	case first != condition:
		c.doc.Advise(syntax.RuleConditionCase, at, "is compared letter by letter, and %s is written elsewhere: write %s in both places, or %s", first, first, condition)
		return
	}
	if r := condition[0]; r >= 'a' && r <= 'z' && !strings.Contains(condition, "/") {
		c.doc.Advise(syntax.RuleConditionCase, at, "is compared letter by letter, and condition types begin with a capital letter: did you mean %s?", capital(condition))
	}
}
