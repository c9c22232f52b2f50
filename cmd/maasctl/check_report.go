package main

import (
	"slices"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// checkReport is what -o json shows; schemas.Check describes it.
type checkReport struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Result     checkResult   `json:"result"`
	Against    checkAgainst  `json:"against"`
	Types      []checkedType `json:"types"`
	Faults     []string      `json:"faults"`
	Notes      []string      `json:"notes"`
}

// checkResult is what the exit code says.
type checkResult string

const (
	checkSuccess    checkResult = "success"
	checkFailure    checkResult = "failure"
	checkIncomplete checkResult = "incomplete"
)

func (r checkResult) err() error {
	switch r {
	case checkFailure:
		return errReported
	case checkIncomplete:
		return errUnreadable
	case checkSuccess:
	}
	return nil
}

type checkAgainst struct {
	CRDs    []string `json:"crds,omitempty"`
	Cluster string   `json:"cluster,omitempty"`
}

// checkedType is one type that a kind reads.
type checkedType struct {
	ModelKind string           `json:"modelKind"`
	File      string           `json:"file"`
	Type      checkType        `json:"type"`
	Verdict   contract.Verdict `json:"verdict"`
	Why       string           `json:"why,omitempty"`
	Optional  bool             `json:"optional,omitempty"`
	Pinned    checkSide        `json:"pinned"`
	There     *checkSide       `json:"there,omitempty"`
	Changes   []checkChange    `json:"changes,omitempty"`
	NamedAt   []checkReader    `json:"namedAt,omitempty"`
	Moves     []checkMove      `json:"moves,omitempty"`
}

type checkType struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
}

// checkSide is a type as it was pinned, or as it is there.
type checkSide struct {
	Source     string   `json:"source"`
	Served     []string `json:"served,omitempty"`
	Storage    string   `json:"storage,omitempty"`
	Deprecated []string `json:"deprecated,omitempty"`
}

type checkChange struct {
	Change  contract.Change `json:"change"`
	Breaks  bool            `json:"breaks"`
	Version string          `json:"version,omitempty"`
	Path    string          `json:"path,omitempty"`
	Message string          `json:"message"`
	Advice  string          `json:"advice,omitempty"`
	Readers []checkReader   `json:"readers,omitempty"`
}

type checkReader struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Field   string `json:"field"`
	Part    string `json:"part"`
	Name    string `json:"name,omitempty"`
	Message string `json:"message,omitempty"`
}

type checkMove struct {
	Group  string   `json:"group"`
	Served []string `json:"served"`
	Source string   `json:"source"`
	Lacks  []string `json:"lacks,omitempty"`
	Write  string   `json:"write,omitempty"`
}

// compare gives each type of each kind its verdicts.
func (c *checkRun) compare() {
	for _, k := range c.held {
		for _, of := range k.Types() {
			if slices.Contains(c.unknown, of.Kind) {
				continue
			}
			for _, found := range k.Compare(of, c.there, c.isRead) {
				c.results = append(c.results, c.checked(k, found))
			}
		}
	}
}

func (c *checkRun) checked(k heldKind, found contract.Comparison) checkedType {
	pinned := k.Pinned(found.Type)
	one := checkedType{
		ModelKind: k.name, File: k.file, Type: checkType{found.Type.Group, found.Type.Kind},
		Verdict: found.Verdict, Why: found.Why, Optional: found.Optional, NamedAt: checkReaders(found.NamedAt),
		Pinned: checkSide{pinned.Source.Project + " " + pinned.Source.Version, pinned.Served, pinned.Storage, pinned.Deprecated},
	}
	if found.There != nil {
		one.There = &checkSide{c.source(*found.There), found.There.VersionNames(), found.There.Storage, found.There.Deprecated}
	}
	for _, d := range found.Drifts {
		one.Changes = append(one.Changes, checkChange{d.Change, d.Breaks, d.Version, d.Path, d.Message, d.Advice, checkReaders(d.Readers)})
	}
	for _, m := range found.Moves {
		one.Moves = append(one.Moves, checkMove{m.Group, m.VersionNames(), c.source(m.Contract), m.Lacks, m.Write})
	}
	return one
}

func checkReaders(readers []contract.Reader) []checkReader {
	var all []checkReader
	for _, r := range readers {
		all = append(all, checkReader{r.File, r.Line, r.Field, r.Part, r.Name, r.Message})
	}
	return all
}

// source says where a contract was read.
func (c *checkRun) source(of contract.Contract) string {
	switch {
	case of.Path != "":
		return of.Path
	case c.host != "":
		return of.Source.File + " of " + c.host
	}
	return of.Source.Project + " " + of.Source.Version
}

// outcome is incomplete where something could not be read: it may hide more.
func (c *checkRun) outcome() checkResult {
	fails := func(one checkedType) bool {
		absent := one.Verdict == contract.VerdictAbsent && c.options.require && !one.Optional
		return absent || one.Verdict == contract.VerdictBroken || one.Verdict == contract.VerdictGone
	}
	switch {
	case len(c.faults) > 0:
		return checkIncomplete
	case slices.ContainsFunc(c.results, fails):
		return checkFailure
	}
	return checkSuccess
}

func (c *checkRun) report() checkReport {
	none := func(list []string) []string { return append([]string{}, list...) }
	return checkReport{
		APIVersion: "maas.opendatahub.io/v1alpha1", Kind: "CheckReport", Result: c.outcome(),
		Against: checkAgainst{c.options.crds, c.host}, Types: append([]checkedType{}, c.results...),
		Faults: none(c.faults), Notes: none(c.notes),
	}
}
