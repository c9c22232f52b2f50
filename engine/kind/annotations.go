package kind

import (
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Bounds on what is read of a MaaSModel's annotations, in bytes.
const (
	// maxAnnotation is the longest list with what stands between its entries.
	maxAnnotation = 5 << 10
	// maxAnnotations is what is read of all of them together.
	maxAnnotations = 30 << 10
	// maxDetails is how many details a model has at most, and maxDetail the size of one.
	maxDetails = 32
	maxDetail  = 256
)

// ReadAnnotations are those of a MaaSModel that enrich it, each as far as it is
// read. Nil where there are none.
func ReadAnnotations(all map[string]string) map[string]string {
	if len(all) == 0 {
		return nil // as of many models, at every observation
	}
	var read map[string]string
	left := maxAnnotations
	keep := func(name string, most int) {
		if read == nil {
			read = map[string]string{}
		}
		// Cloned, or the whole of a long one would be kept.
		value := all[name]
		read[name] = strings.Clone(value[:min(len(value), most, left)])
		left -= len(read[name])
	}
	for _, fact := range v1alpha1.Facts() {
		for _, name := range fact.Annotations {
			if _, there := all[name]; there {
				keep(name, maxAnnotation)
			}
		}
	}
	for _, name := range detailsAmong(all) {
		keep(name, maxDetail+1) // so that it shows that one is cut
	}
	return read
}

// detailsAmong are the annotations that are details, the first ones by name.
func detailsAmong(all map[string]string) []string {
	var names []string
	for name := range maps.Keys(all) {
		if strings.HasPrefix(name, v1alpha1.AnnotationDetails) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names[:min(len(names), maxDetails)]
}

// said is what annotations say of a model.
type said struct {
	facts map[string]annotation
	all   map[string]string
}

type annotation struct{ name, value string }

// saidBy annotations, of which there are nil of most models.
func saidBy(all map[string]string) said {
	read := ReadAnnotations(all)
	if read == nil {
		return said{}
	}
	s := said{facts: map[string]annotation{}, all: read}
	for _, fact := range v1alpha1.Facts() {
		for _, name := range fact.Annotations {
			if value := strings.TrimSpace(read[name]); value != "" {
				s.facts[fact.Name] = annotation{name, value}
				break
			}
		}
	}
	return s
}

// details are what an operator has added, by names of their own.
func (r factReader) details() map[string]string {
	var details map[string]string
	for _, name := range detailsAmong(r.annotations.all) {
		text, note := fitForClients(r.annotations.all[name], maxDetail)
		r.record("details", "annotation "+name, text, text != "", note)
		if text == "" {
			continue
		}
		if details == nil {
			details = map[string]string{}
		}
		details[strings.TrimPrefix(name, v1alpha1.AnnotationDetails)] = text
	}
	return details
}
