package kind

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// enrichment has, by field of ModelInfo, where it is known; fields that the
// kind does not name are missing.
type enrichment map[string]sources

// Bounds on what a backend's object may put into every list reply.
const (
	maxDisplayName  = 256
	maxDescription  = 2048
	maxQuantization = 64
	maxSource       = 512
	maxListEntry    = 256
	maxListEntries  = 64
	// maxCount is larger than any context and any number of replicas.
	maxCount = 1_000_000_000
	// maxList bounds all entries of a list together, in bytes.
	maxList = 4096
	// maxAnnotation is what is read of an annotation, in bytes: the longest list
	// with what stands between its entries.
	maxAnnotation = 5 << 10
	// maxAnnotations is what is read of all of them together, in bytes.
	maxAnnotations = 30 << 10
)

// ReadAnnotations are those of a MaaSModel that enrich it, each as far as it is
// read. Nil where there are none.
func ReadAnnotations(all map[string]string) map[string]string {
	if len(all) == 0 {
		return nil // as of most models, at every observation
	}
	var read map[string]string
	left := maxAnnotations
	for _, a := range v1alpha1.ModelAnnotations() {
		value, there := all[a.Name]
		if !there {
			continue
		}
		if read == nil {
			read = map[string]string{}
		}
		// Cloned, or the whole of a long one would be kept.
		read[a.Name] = strings.Clone(value[:min(len(value), maxAnnotation, left)])
		left -= len(read[a.Name])
	}
	return read
}

// enrich reads the objects, and lets the MaaSModel's annotations win. Nil where
// nothing is known.
func (k *Kind) enrich(env *environment, annotations map[string]string) *v1alpha1.ModelInfo {
	r := factReader{environment: env, sources: k.model, annotations: ReadAnnotations(annotations)}
	info := v1alpha1.ModelInfo{
		DisplayName:      r.text("displayName", maxDisplayName),
		Description:      r.text("description", maxDescription),
		UseCase:          r.text("useCase", maxDisplayName),
		Type:             r.word("type", v1alpha1.ModelTypes),
		InputModalities:  r.list("inputModalities", v1alpha1.Modalities),
		OutputModalities: r.list("outputModalities", v1alpha1.Modalities),
		ContextLength:    r.count("contextLength"),
		MaxOutputTokens:  r.count("maxOutputTokens"),
		Capabilities:     r.list("capabilities", nil),
		Aliases:          r.list("aliases", nil),
		Adapters:         r.list("adapters", nil),
		Quantization:     r.text("quantization", maxQuantization),
		Source:           r.origin("source"),
		Revision:         r.text("revision", maxListEntry),
		Replicas:         r.replicas("replicas"),
	}
	if reflect.ValueOf(info).IsZero() {
		return nil
	}
	return &info
}

// factReader reads one fact at a time from the annotations or the objects.
type factReader struct {
	*environment
	sources     enrichment
	annotations map[string]string
}

// values gives the candidates for a fact; an annotation excludes the objects.
func (r factReader) values(field string) (string, []any) {
	if len(r.annotations) > 0 {
		for _, a := range v1alpha1.ModelAnnotations() {
			if a.Field != field {
				continue
			}
			if value := strings.TrimSpace(r.annotations[a.Name]); value != "" {
				return "annotation " + a.Name, []any{value}
			}
		}
	}
	for _, s := range r.sources[field] {
		if !s.counts(r.environment, "model", "model."+field) {
			continue
		}
		if found, _ := s.read(r.environment, nil); len(found) > 0 {
			return s.words, found
		}
	}
	return r.sources[field].words(), nil
}

func (r factReader) record(field, from string, found any, matched bool, note string) {
	if from != "" {
		r.trace.add("model", "model."+field, func() Step { return Step{Path: from, Found: found, Matched: matched, Note: note} })
	}
}

// take gives the first of the candidates that may be; what is wrong with the
// others is recorded.
func (r factReader) take(field string, may func(value any) (taken any, note string)) any {
	from, values := r.values(field)
	for _, value := range values {
		if value == nil {
			continue
		}
		taken, note := may(value)
		r.record(field, from, cmp.Or(taken, value), taken != nil, note)
		if taken != nil {
			return taken
		}
	}
	if len(values) == 0 {
		r.record(field, from, nil, false, "")
	}
	return nil
}

// asked says whether something may know a fact. Most facts nothing does.
func (r factReader) asked(field string) bool {
	return len(r.sources[field]) > 0 || len(r.annotations) > 0
}

// text is cut to so many bytes.
func (r factReader) text(field string, limit int) string {
	if !r.asked(field) {
		return ""
	}
	text, _ := r.take(field, func(value any) (any, string) {
		text, ok := value.(string)
		if !ok {
			return nil, wrongType(value, "string")
		}
		text, note := fitForClients(text, limit)
		if text == "" {
			return nil, note
		}
		return text, note
	}).(string)
	return text
}

// fitForClients leaves out of a text what Visible would escape, and the end of
// one that is longer than so many bytes; the note says so.
func fitForClients(text string, limit int) (fit, note string) {
	fit = syntax.Shorten(strings.TrimSpace(text), limit)
	if fit != strings.TrimSpace(text) {
		note = fmt.Sprintf("it is cut to %d bytes", limit)
	}
	if syntax.Hides(fit) {
		note = "control characters, or marks that cannot be seen, are left out"
		fit = strings.Map(func(r rune) rune {
			if syntax.IsHidden(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(fit, "\ufffd"))
	}
	return strings.TrimSpace(fit), note
}
