package conformance

import (
	"errors"
	"io/fs"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// readSources reads sources.yaml, a check of L0 where the file is there.
func (s *Suite) readSources(f *Folder) error {
	content, err := folder.Limit{What: "a file of sources", Bytes: 1 << 20}.ReadFile(f.FS, sourcesFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		f.Schema = append(f.Schema, fail(sourcesFile, "%s: cannot be read: %s", f.File(sourcesFile), err))
		return nil
	}
	read, faults, err := s.sources.Read(f.File(sourcesFile), content)
	if err != nil {
		return err
	}
	f.Sources, f.Schema = read, append(f.Schema, verdictOf(sourcesFile, faults))
	return nil
}

// takeRecorded notes objects as printed by an operator.
func (r *caseReader) takeRecorded(at string, from *sources.Source, objects ...*unstructured.Unstructured) {
	if from == nil {
		return
	}
	from.Check(r.document, at+"/recordedFrom")
	for _, object := range objects {
		if object != nil {
			r.recorded = append(r.recorded, object)
		}
	}
}

// proveSources holds what the kind-spec claims of its backend against its sources.
func (f *Folder) proveSources() Check {
	claims := sources.Claims(f.Spec, f.written.Value())
	return verdictOf("sources", sources.Check(claims, f.written, f.File(sourcesFile), f.Sources, f.recorded))
}
