package cases

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// casesDocument is cases.yaml as it is written.
type casesDocument struct {
	Spec struct {
		Waivers []Waiver `json:"waivers"`
		// Parameters are those of every case.
		Parameters map[string]any `json:"parameters"`
		Objects    []baseObject   `json:"objects"`
		Cases      []caseEntry    `json:"cases"`
	} `json:"spec"`
}

// baseObject is what every case of the file begins with.
type baseObject struct {
	As     string         `json:"as"`
	Object map[string]any `json:"object"`
	// RecordedFrom says where an operator printed the object so.
	RecordedFrom *sources.Source `json:"recordedFrom"`
}

type caseEntry struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	// RecordedFrom is that of all objects of the case.
	RecordedFrom     *sources.Source `json:"recordedFrom"`
	PreviousPhase    v1alpha1.Phase  `json:"previousPhase"`
	EndpointOverride string          `json:"endpointOverride"`
	Parameters       map[string]any  `json:"parameters"`
	MayBeRefused     string          `json:"mayBeRefused"`
	// Patch is by the names of base objects; nil takes one away.
	Patch   map[string]map[string]any `json:"patch"`
	Beside  []any                     `json:"beside"`
	Objects []any                     `json:"objects"`
	Expect  Expectation               `json:"expect"`
	Model   *v1alpha1.ModelInfo       `json:"model"`
}

// Limit is how large a file of cases may be: some hundred cases of objects
// as large as an API server keeps would not fit, and nobody could read them.
func Limit() folder.Limit { return folder.Limit{What: "a file of cases", Bytes: 4 << 20} }

// readCases reads cases.yaml, a check of L0. A file that has any fault gives no
// case, so that every other level can say so once.
func (r *Reader) readCases(f *Folder) error {
	content, err := Limit().ReadFile(f.FS, folder.CasesFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Schema = append(f.Schema, check.Fail(folder.CasesFile, "%s: is missing, write a case for each state that the backend can be in", f.File(folder.CasesFile)))
		return nil
	case err != nil:
		f.Schema = append(f.Schema, check.Fail(folder.CasesFile, "%s: cannot be read: %s", f.File(folder.CasesFile), err))
		return nil
	}
	reader, written, cases, err := r.casesIn(f.File(folder.CasesFile), content, f.Kind)
	if err != nil {
		return err
	}
	faults := reader.document.Faults()
	if len(faults) == 0 {
		f.Cases, f.Waivers, f.Parameters, f.recorded = cases, written.Spec.Waivers, written.Spec.Parameters, reader.recorded
	}
	f.Schema = append(f.Schema, check.Of(folder.CasesFile, faults.Error()))
	return nil
}

// Cases are those in the content of a cases.yaml, for a kind, which is nil where its
// kind-spec has faults; none where the content has. The error says that the program
// itself is broken.
func (r *Reader) Cases(file string, content []byte, k *kind.Kind) ([]Case, syntax.Faults, error) {
	reader, _, cases, err := r.casesIn(file, content, k)
	if err != nil {
		return nil, nil, err
	}
	if faults := reader.document.Faults(); len(faults) > 0 {
		return nil, faults, nil
	}
	return cases, nil, nil
}

// casesIn reads the content of a cases.yaml. Its faults are in the reader's document.
func (r *Reader) casesIn(file string, content []byte, k *kind.Kind) (caseReader, casesDocument, []Case, error) {
	d, written, err := r.decodeCases(file, content)
	reader := caseReader{kind: k, document: d, file: file}
	if err != nil || len(d.Faults()) > 0 {
		return reader, written, nil, err
	}
	return reader, written, reader.read(written), nil
}

// decodeCases reads the one document of cases.yaml. What is wrong with it is in
// the document's faults; the error says that the suite itself is broken.
func (r *Reader) decodeCases(file string, content []byte) (*syntax.Document, casesDocument, error) {
	var written casesDocument
	documents := syntax.ReadDocuments(file, content)
	if len(documents) == 0 {
		documents = syntax.ReadDocuments(file, []byte("{}"))
		documents[0].FaultAt("", "the file is empty, write a document of kind Cases")
	}
	d := documents[0]
	for _, other := range documents[1:] {
		if len(d.Faults()) > 0 {
			break
		}
		if faults := other.Faults(); len(faults) > 0 {
			return other, written, nil
		}
	}
	if len(documents) > 1 && len(d.Faults()) == 0 {
		d = documents[1]
		d.FaultAt("", "is a document of its own, and the file holds one: put objects into spec.objects or into the objects of a case")
	}
	if len(d.Faults()) > 0 {
		return d, written, nil
	}
	if err := r.schema.Validate(d); err != nil || len(d.Faults()) > 0 {
		return d, written, err
	}
	if err := d.Decode(&written); err != nil {
		return nil, written, fmt.Errorf("reading cases: %w", err)
	}
	return d, written, nil
}

// caseReader makes cases of what is written.
type caseReader struct {
	// kind is nil when the kind-spec has faults. Then the referent is not known.
	kind     *kind.Kind
	document *syntax.Document
	file     string
	bases    []namedObject
	// recorded are the objects that an operator printed so.
	recorded kind.Objects
}

func (r *caseReader) read(written casesDocument) []Case {
	r.readBases(written.Spec.Objects)
	if r.kind != nil {
		kind.CheckParameters(r.document, "/spec/parameters", r.kind, written.Spec.Parameters, true)
	}
	var cases []Case
	names := map[string]string{}
	for i, entry := range written.Spec.Cases {
		at := fmt.Sprintf("/spec/cases/%d", i)
		c := Case{
			Name: entry.Name, Description: entry.Description, Previous: entry.PreviousPhase, Override: entry.EndpointOverride,
			MayBeRefused: entry.MayBeRefused, Expect: entry.Expect, Model: entry.Model, document: r.document, at: at,
		}
		c.Position = fmt.Sprintf("%s:%d", r.file, r.document.At(at).Line)
		if first, twice := names[c.Name]; twice {
			r.document.FaultAt(at+"/name", "there is a case %s already, %s: choose another name", c.Name, strings.Replace(first, r.file+":", "in line ", 1))
		} else {
			names[c.Name] = c.Position
		}
		r.takeParameters(&c, written.Spec.Parameters, entry.Parameters)
		r.takeObjects(&c, entry)
		r.takeRecorded(at, entry.RecordedFrom, append(kind.Objects{c.Referent}, c.Related...)...)
		cases = append(cases, c)
	}
	return cases
}

// takeParameters gives the case those of every case, and in their place its own.
func (r *caseReader) takeParameters(c *Case, all, own map[string]any) {
	c.Parameters, c.OwnParameters = all, own != nil
	if own == nil {
		return
	}
	if r.kind != nil {
		kind.CheckParameters(r.document, c.at+"/parameters", r.kind, own, false)
	}
	c.Parameters = maps.Clone(own)
	for name, value := range all {
		if _, replaced := own[name]; !replaced {
			c.Parameters[name] = value
		}
	}
}
