package workbench

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// Written is a kind-spec with its cases, as their files are.
type Written struct {
	Kind  string `json:"kind"`
	Cases string `json:"cases"`
}

// CaseList is the cases of a kind, to choose from.
type CaseList struct {
	Cases  []CaseName `json:"cases"`
	Faults []Fault    `json:"faults"`
}

// CaseName is a case to choose.
type CaseName struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	// Held says whether what follows now is what the case says.
	Held bool `json:"held"`
	// Expect is what has to follow, on one line.
	Expect string `json:"expect"`
}

const inCases = "cases"

// Cases lists the cases of a kind. Those of a kind-spec with faults can be chosen as
// well, and hold nothing.
func (b *Bench) Cases(ctx context.Context, w Written) (CaseList, error) {
	list := CaseList{Cases: []CaseName{}, Faults: []Fault{}}
	read, answer, err := b.read(w)
	if err != nil {
		return list, err
	}
	k, err := b.kindOf(w.Kind, &Answer{})
	if err != nil {
		return list, err
	}
	list.Faults = append(list.Faults, answer.Faults...)
	for _, c := range read {
		name := CaseName{Name: c.Name, Description: c.Description, Expect: c.Expect.String()}
		if k != nil {
			result, err := c.Evaluate(ctx, b.machine, k)
			if err != nil {
				return list, err
			}
			name.Held = c.Holds(result)
		}
		list.Cases = append(list.Cases, name)
	}
	return list, nil
}

// Case is the question that a case asks; false where there is none of that name.
func (b *Bench) Case(w Written, name string) (Question, bool, error) {
	read, _, err := b.read(w)
	if err != nil {
		return Question{}, false, err
	}
	i := slices.IndexFunc(read, func(c cases.Case) bool { return c.Name == name })
	if i < 0 {
		return Question{}, false, nil
	}
	c := read[i]
	q := Question{Kind: w.Kind, Previous: c.Previous, Override: c.Override}
	objects := c.Related
	if c.Referent != nil {
		objects = append([]*unstructured.Unstructured{c.Referent}, objects...)
	}
	var text strings.Builder
	for i, object := range objects {
		content, err := yaml.Marshal(object.Object)
		if err != nil {
			return q, false, fmt.Errorf("writing an object of the case %s: %w", name, err)
		}
		if i > 0 {
			text.WriteString("---\n")
		}
		text.Write(content)
	}
	q.Objects = text.String()
	if len(c.Parameters) > 0 {
		content, err := yaml.Marshal(c.Parameters)
		if err != nil {
			return q, false, fmt.Errorf("writing the parameters of the case %s: %w", name, err)
		}
		q.Parameters = string(content)
	}
	return q, true, nil
}

// read gives the cases, and what is wrong with them.
func (b *Bench) read(w Written) ([]cases.Case, Answer, error) {
	var answer Answer
	if isBlank(w.Cases) || answer.tooLong(inCases, w.Cases, cases.Limit()) {
		return nil, answer, nil
	}
	k, err := b.kindOf(w.Kind, &Answer{})
	if err != nil {
		return nil, answer, err
	}
	read, faults, err := b.reader.Cases(folder.CasesFile, []byte(w.Cases), k)
	if err != nil {
		return nil, answer, fmt.Errorf("reading the cases: %w", err)
	}
	answer.add(inCases, faults)
	return read, answer, nil
}
