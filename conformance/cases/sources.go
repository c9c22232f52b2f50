package cases

import (
	"errors"
	"io/fs"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// readSources reads sources.yaml, a check of L0 where the file is there.
func (r *Reader) readSources(f *Folder) error {
	content, err := folder.Limit{What: "a file of sources", Bytes: 1 << 20}.ReadFile(f.FS, folder.SourcesFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		f.Schema = append(f.Schema, check.Fail(folder.SourcesFile, "%s: cannot be read: %s", f.File(folder.SourcesFile), err))
		return nil
	}
	read, faults, err := r.sources.Read(f.File(folder.SourcesFile), content)
	if err != nil {
		return err
	}
	f.Sources, f.Schema = read, append(f.Schema, check.Of(folder.SourcesFile, faults.Error()))
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

// ProveSources holds what the kind-spec claims of its backend against its sources.
func (f *Folder) ProveSources() check.Result {
	claims := sources.Claims(f.Spec)
	return check.Of("sources", sources.Check(claims, f.written, f.File(folder.SourcesFile), f.Sources, f.recorded).Error())
}
