package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// Case is one file of a kind's cases.
type Case struct {
	// Name is that of the file without .yaml.
	Name string
	// File as messages call it.
	File string
	// Description says why the verdict is what it is.
	Description string
	// Previous phase of the model.
	Previous v1alpha1.Phase
	// Override is spec.endpointOverride of the model; may be empty.
	Override string
	// Expect is nil in a case that is not finished.
	Expect *Verdict
	// Referent is nil for kinds that have none.
	Referent *unstructured.Unstructured
	Related  kind.Objects

	document *kind.Document
}

// Verdict is all that a decision says, but for messages and times.
type Verdict struct {
	Event phase.Event    `json:"event"`
	Phase v1alpha1.Phase `json:"phase"`
	// Endpoint is nil where there is none.
	Endpoint   *string                     `json:"endpoint"`
	Decided    Decided                     `json:"decided"`
	Conditions map[string]ConditionVerdict `json:"conditions"`
}

// Decided names the parts of the kind-spec that decided; nil where none did.
type Decided struct {
	Health   *string `json:"health"`
	Endpoint *string `json:"endpoint"`
}

// ConditionVerdict is a condition without its words.
type ConditionVerdict struct {
	Status string `json:"status"`
	Reason string `json:"reason"`
}

// Waiver lets a mutant survive.
type Waiver struct {
	Mutant string `json:"mutant"`
	Reason string `json:"reason"`
}

type caseDocument struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Description      string         `json:"description"`
		PreviousPhase    v1alpha1.Phase `json:"previousPhase"`
		EndpointOverride string         `json:"endpointOverride"`
		Expect           *Verdict       `json:"expect"`
	} `json:"spec"`
}

// caseLimit is for the files of cases, which hold some objects: the API server
// keeps objects of 1.5 MiB at most.
func caseLimit() kind.Limit { return kind.Limit{What: "a case", Bytes: 4 << 20} }

// readCases reads cases/, a check of L0 for each file.
func (s *Suite) readCases(f *Folder) error {
	entries, err := kind.ReadDir(f.FS, caseFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Schema = append(f.Schema, fail(caseFolder, "%s: cannot be read: %s", f.File(caseFolder), err))
		return nil
	}
	for _, entry := range entries {
		name := path.Join(caseFolder, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if entry.IsDir() || path.Ext(name) != ".yaml" {
			f.Schema = append(f.Schema, fail(name, "%s: is no case, write cases as files NAME.yaml", f.File(name)))
			continue
		}
		content, err := caseLimit().ReadFile(f.FS, name)
		if err != nil {
			f.Schema = append(f.Schema, fail(name, "%s: cannot be read: %s", f.File(name), err))
			continue
		}
		documents := kind.ReadDocuments(f.File(name), content)
		if entry.Name() == waiversFile {
			err = s.readWaivers(f, name, documents)
		} else {
			err = s.readCase(f, name, documents)
		}
		if err != nil {
			return err
		}
	}
	if len(f.Cases) == 0 && !slices.ContainsFunc(f.Schema, func(c Check) bool { return strings.HasPrefix(c.Name, caseFolder+"/") }) {
		f.Schema = append(f.Schema, fail(caseFolder, "%s: there is no case, write one for each state that the backend can be in", f.File(caseFolder)))
	}
	return nil
}

func (s *Suite) readCase(f *Folder, name string, documents []*kind.Document) error {
	if len(documents) == 0 {
		f.Schema = append(f.Schema, fail(name, "%s:1: the file is empty, write a Case and the objects that it is about", f.File(name)))
		return nil
	}
	first := documents[0]
	if object, isObject := first.Value().(map[string]any); isObject && text(object, "kind") != "Case" && len(first.Faults()) == 0 {
		first.AddFault("/kind", "the file begins with a %s, and has to begin with a document of kind Case and ---", cmp.Or(text(object, "kind"), "document without kind"))
		f.Schema = append(f.Schema, verdictOf(name, first.Faults()))
		return nil
	}
	var written caseDocument
	if err := s.decode(s.caseSchema, first, &written); err != nil {
		return err
	}
	c := Case{
		Name: strings.TrimSuffix(path.Base(name), ".yaml"), File: f.File(name), Description: written.Spec.Description,
		Previous: written.Spec.PreviousPhase, Override: written.Spec.EndpointOverride, Expect: written.Spec.Expect, document: first,
	}
	if len(first.Faults()) == 0 && written.Metadata.Name != c.Name {
		first.AddFault("/metadata/name", "%q is not the name of the file, write %s or rename the file", written.Metadata.Name, c.Name)
	}
	c.takeObjects(f.Kind, documents)
	var faults kind.Faults
	for _, d := range documents {
		faults = append(faults, d.Faults()...)
	}
	f.Schema = append(f.Schema, verdictOf(name, faults))
	if len(faults) == 0 {
		f.Cases = append(f.Cases, c)
	}
	return nil
}

func (s *Suite) readWaivers(f *Folder, name string, documents []*kind.Document) error {
	if len(documents) != 1 {
		f.Schema = append(f.Schema, fail(name, "%s:1: holds %d YAML documents, write one Waivers", f.File(name), len(documents)))
		return nil
	}
	var written struct {
		Spec struct {
			Mutants []Waiver `json:"mutants"`
		} `json:"spec"`
	}
	if err := s.decode(s.waiversSchema, documents[0], &written); err != nil {
		return err
	}
	f.Waivers = written.Spec.Mutants
	f.Schema = append(f.Schema, verdictOf(name, documents[0].Faults()))
	return nil
}

// decode validates a document and, where it is without fault, decodes it.
func (s *Suite) decode(schema *kind.Schema, d *kind.Document, into any) error {
	if len(d.Faults()) > 0 {
		return nil
	}
	if err := schema.Validate(d); err != nil {
		return err
	}
	if len(d.Faults()) > 0 {
		return nil
	}
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("reading a case: %w", err)
	}
	return nil
}
