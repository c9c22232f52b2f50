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
	maxLicense      = 128
	maxListEntry    = 256
	maxListEntries  = 64
	// maxID is that of namespace/name.
	maxID = 63 + 1 + 253
	// maxCount is larger than any context and any number of replicas.
	maxCount = 1_000_000_000
	// maxList bounds all entries of a list together, in bytes.
	maxList = 4096
)

// enrich reads the objects, and lets the MaaSModel's annotations win. Nil where
// nothing is known.
func (k *Kind) enrich(env *environment, annotations map[string]string) *v1alpha1.ModelInfo {
	r := factReader{environment: env, sources: k.model, annotations: saidBy(annotations)}
	info := v1alpha1.ModelInfo{
		DisplayName:        r.text("displayName", maxDisplayName),
		Description:        r.text("description", maxDescription),
		UseCase:            r.text("useCase", maxDisplayName),
		Type:               r.word("type", v1alpha1.ModelTypes),
		InputModalities:    r.list("inputModalities", aWord(v1alpha1.Modalities)),
		OutputModalities:   r.list("outputModalities", aWord(v1alpha1.Modalities)),
		ContextLength:      r.count("contextLength"),
		MaxOutputTokens:    r.count("maxOutputTokens"),
		Capabilities:       r.list("capabilities", anyText),
		Aliases:            r.list("aliases", anyText),
		Adapters:           r.list("adapters", anyText),
		Parent:             r.text("parent", maxListEntry),
		Quantization:       r.text("quantization", maxQuantization),
		Source:             r.origin("source"),
		Revision:           r.text("revision", maxListEntry),
		Tokenizer:          r.origin("tokenizer"),
		License:            r.text("license", maxLicense),
		ParameterCount:     r.parameterCount("parameterCount"),
		Replicas:           r.replicas("replicas"),
		SupportedEndpoints: r.list("supportedEndpoints", aPath),
		SupportedFeatures:  r.list("supportedFeatures", anyText),
		PromptPrice:        r.price("promptPrice"),
		CompletionPrice:    r.price("completionPrice"),
		Currency:           r.currency("currency"),
		Deprecated:         r.time("deprecated"),
		Retires:            r.time("retires"),
		ReplacedBy:         r.text("replacedBy", maxID),
		Details:            r.details(),
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
	annotations said
}

// values gives the candidates for a fact; an annotation excludes the objects.
func (r factReader) values(field string) (string, []any) {
	if said, ok := r.annotations.facts[field]; ok {
		return "annotation " + said.name, []any{said.value}
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
	return len(r.sources[field]) > 0 || len(r.annotations.facts) > 0
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
