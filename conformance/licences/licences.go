// Package licences holds what the images are made of against the licences that may
// be in them.
package licences

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Allowed are the licences, by their SPDX identifiers, under which a module may be part
// of an image: none of them asks anything of who runs the image, or of this project's
// own code. MPL-2.0 asks for the source of the files that are under it.
func Allowed() []string {
	return []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-Source-Code", "ISC", "MIT", "MPL-2.0", "Unlicense", "Zlib"}
}

// document is the part of a CycloneDX document that is read: https://cyclonedx.org/docs/1.6/json.
type document struct {
	Components []component `json:"components"`
}

type component struct {
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Licenses []choice `json:"licenses"`
	Evidence struct {
		Licenses []choice `json:"licenses"`
	} `json:"evidence"`
}

// choice is a licence, or an expression of several.
type choice struct {
	License struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"license"`
	Expression string `json:"expression"`
}

// Check says which modules of a CycloneDX document in JSON have no licence that is
// allowed, a line each, sorted. The error is of a document that cannot be read or has no
// module at all.
func Check(content []byte, allowed []string) ([]string, error) {
	var d document
	if err := json.Unmarshal(content, &d); err != nil {
		return nil, fmt.Errorf("reading a CycloneDX document: %w", err)
	}
	if len(d.Components) == 0 {
		return nil, errors.New("reading a CycloneDX document: it has no components")
	}
	var faults []string
	for _, c := range d.Components {
		found := c.found()
		switch {
		case len(found) == 0:
			faults = append(faults, fmt.Sprintf("%s %s: no licence was found in it", c.Name, c.Version))
		case !slices.ContainsFunc(found, func(id string) bool { return slices.Contains(allowed, id) }):
			faults = append(faults, fmt.Sprintf("%s %s: %s is not allowed", c.Name, c.Version, strings.Join(found, ", ")))
		}
	}
	slices.Sort(faults)
	return faults, nil
}

// found are the licences that a component says it has, or else that were seen in it.
func (c component) found() []string {
	choices := c.Licenses
	if len(choices) == 0 {
		choices = c.Evidence.Licenses
	}
	var all []string
	for _, choice := range choices {
		for _, id := range []string{choice.License.ID, choice.License.Name, choice.Expression} {
			if id != "" {
				all = append(all, id)
			}
		}
	}
	return all
}
