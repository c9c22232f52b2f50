package vet

import (
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// VersionsOf are those of the objects that a subject is or is in; nil where that
// is not known.
func VersionsOf(spec *v1alpha1.ModelKindSpec, of string) []string {
	of, object := objectOf(spec, of)
	switch {
	case object != nil:
		return object.Versions
	case of != "" || spec.Referent == nil:
		return nil
	}
	versions := slices.Clone(spec.Referent.Versions)
	for _, t := range spec.Referent.Alternatives {
		versions = append(versions, t.Versions...)
	}
	return versions
}

// GenerationOf is how fresh the object has to be that a subject is or is in.
func GenerationOf(spec *v1alpha1.ModelKindSpec, of string) string {
	if _, object := objectOf(spec, of); object != nil {
		return object.Generation
	}
	return spec.Generation
}

// objectOf is the subject whose objects a subject is or is in, and how they are
// found; "" and nil for the referent. A name that leads to no object, or in a
// circle, stays a name.
func objectOf(spec *v1alpha1.ModelKindSpec, of string) (name string, object *v1alpha1.RelatedObject) {
	for range len(spec.Subjects) + 1 {
		i := slices.IndexFunc(spec.Subjects, func(s v1alpha1.Subject) bool { return s.As == of })
		switch {
		case of == "" || of == v1alpha1.ReferentName:
			return "", nil
		case i < 0:
			return of, nil
		case spec.Subjects[i].Object != nil:
			return of, spec.Subjects[i].Object
		}
		of = spec.Subjects[i].Of
	}
	return of, nil
}

// Several says whether a predicate may look at more than one value; inEntry is
// set inside where and prefer, which look at one entry.
func Several(spec *v1alpha1.ModelKindSpec, p v1alpha1.Predicate, inEntry bool) bool {
	if p.Value != "" {
		return false
	}
	if p.Path != "" && p.Intersects == nil { // Which compares lists as a whole.
		if path, err := jsonpath.Compile(p.Path); err == nil && !path.Singular && len(path.Segments) > 0 {
			return true
		}
	}
	return !inEntry && p.Of != "" && p.Of != v1alpha1.ReferentName && slices.ContainsFunc(spec.Subjects, func(s v1alpha1.Subject) bool {
		return s.As == p.Of && (s.All != "" || s.Object != nil && (s.Object.Labels != nil || s.Object.Fields != nil))
	})
}

// subject is what the predicate looks at, or an entry of; "" for the referent.
func (p Predicate) subject() string {
	of := p.Of
	if p.Entries != nil {
		of = p.Entries.Of
	}
	if of == v1alpha1.ReferentName {
		return ""
	}
	return of
}
