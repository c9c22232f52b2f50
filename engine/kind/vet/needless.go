package vet

import (
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func writtenDefaults(p *Pass) {
	if p.Spec.Name != "" && p.Spec.Name == p.Unwritten.Name {
		p.Report("/spec/name", "it is called so without saying it, remove name")
	}
	probe, unwritten := p.Spec.Probe, p.Unwritten.Probe
	if probe == nil {
		return
	}
	for name, isDefault := range map[string]bool{
		"policy": probe.Policy == unwritten.Policy, "path": probe.Path == unwritten.Path, "method": probe.Method == unwritten.Method,
		"expect": probe.Expect == unwritten.Expect, "accept": slices.Equal(v1alpha1.Constants(probe.Accept), v1alpha1.Constants(unwritten.Accept)),
	} {
		if isDefault {
			p.Report("/spec/probe/"+name, "this is the default, leave it out")
		}
	}
}

func allVersions(p *Pass) {
	check := func(at, of string, versions []string) {
		read := VersionsOf(p.Spec, of)
		if versions != nil && len(versions) == len(read) && within(read, versions) {
			p.Report(at+"/versions", "these are all versions that are read, leave it out")
		}
	}
	for _, s := range p.Sources {
		check(s.At, s.Of, s.Versions)
	}
	for _, s := range p.Predicates {
		check(s.At, s.subject(), s.Versions)
	}
}

func needlessMatches(p *Pass) {
	for _, s := range p.Predicates {
		if s.Match != "" && !Several(p.Spec, s.Predicate, s.Entries != nil) {
			p.Report(s.At+"/match", "there is at most one value to look at, remove it")
		}
	}
}

func needlessAnyGenerations(p *Pass) {
	for _, s := range p.Predicates {
		if s.AnyGeneration && GenerationOf(p.Spec, s.subject()) != v1alpha1.GenerationPerCondition {
			p.Report(s.At+"/anyGeneration", "the generation of conditions counts only with generation: PerCondition, remove it")
		}
	}
}
