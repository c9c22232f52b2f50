package vet

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

func unusedValues(p *Pass) {
	used := p.Uses().Values
	check := func(at string, declared iter.Seq[string]) {
		for _, name := range slices.Sorted(declared) {
			if !used[name] {
				p.Report(at+syntax.EscapePointer(name), "nothing uses %s, remove it", name)
			}
		}
	}
	check("/spec/values/", maps.Keys(p.Spec.Values))
	check("/spec/parameters/", maps.Keys(p.Spec.Parameters))
}

func unusedSubjects(p *Pass) {
	used := p.Uses().Subjects
	for i, s := range p.Spec.Subjects {
		if !used[s.As] {
			p.Report(fmt.Sprintf("/spec/subjects/%d/as", i), "nothing looks at %s, remove it", s.As)
		}
	}
}
