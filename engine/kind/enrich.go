package kind

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// enrichment has, by field of ModelInfo, where it is known; fields that the
// kind does not name are missing.
type enrichment map[string]sources

// Bounds on what a backend's object may put into every list reply.
const (
	maxDisplayName = 256
	maxDescription = 2048
	maxListEntry   = 256
	maxListEntries = 64
	// maxList bounds all entries of a list together, in bytes.
	maxList = 4096
	// maxAnnotation is what is read of an annotation, in bytes: the longest list
	// with what stands between its entries.
	maxAnnotation = 5 << 10
)

// ReadAnnotations are those of a MaaSModel that enrich it, each as far as it is
// read. Nil where there are none.
func ReadAnnotations(all map[string]string) map[string]string {
	var read map[string]string
	for _, name := range []string{
		v1alpha1.AnnotationDisplayName, v1alpha1.AnnotationDescription, v1alpha1.AnnotationContextLength,
		v1alpha1.AnnotationMaxOutputTokens, v1alpha1.AnnotationCapabilities, v1alpha1.AnnotationAliases,
	} {
		value, there := all[name]
		if !there {
			continue
		}
		if read == nil {
			read = map[string]string{}
		}
		// Cloned, or the whole of a long one would be kept.
		read[name] = strings.Clone(asRead(value))
	}
	return read
}

// asRead is an annotation's value as far as it is read.
func asRead(value string) string { return value[:min(len(value), maxAnnotation)] }

// enrich reads the objects, and lets the MaaSModel's annotations win.
func (k *Kind) enrich(env *environment, annotations map[string]string) *v1alpha1.ModelInfo {
	r := factReader{environment: env, sources: k.model, annotations: annotations}
	info := v1alpha1.ModelInfo{
		DisplayName:     r.text("displayName", v1alpha1.AnnotationDisplayName, maxDisplayName),
		Description:     r.text("description", v1alpha1.AnnotationDescription, maxDescription),
		ContextLength:   r.count("contextLength", v1alpha1.AnnotationContextLength),
		MaxOutputTokens: r.count("maxOutputTokens", v1alpha1.AnnotationMaxOutputTokens),
		Capabilities:    r.list("capabilities", v1alpha1.AnnotationCapabilities),
		Aliases:         r.list("aliases", v1alpha1.AnnotationAliases),
	}
	if info.DisplayName == "" && info.Description == "" && info.ContextLength == 0 && info.MaxOutputTokens == 0 &&
		len(info.Capabilities) == 0 && len(info.Aliases) == 0 {
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
func (r factReader) values(field, annotation string) (string, []any) {
	if value := strings.TrimSpace(asRead(r.annotations[annotation])); value != "" {
		return "annotation " + annotation, []any{value}
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

// text is cut to so many bytes.
func (r factReader) text(field, annotation string, limit int) string {
	from, values := r.values(field, annotation)
	for _, value := range values {
		text, ok := value.(string)
		if !ok && value != nil {
			r.record(field, from, value, false, wrongType(value, "string"))
			continue
		}
		if text, note := fitForClients(text, limit); text != "" {
			r.record(field, from, text, true, note)
			return text
		}
	}
	r.record(field, from, nil, false, "")
	return ""
}

// count reads a positive whole number; annotations and many status fields hold
// it as text.
func (r factReader) count(field, annotation string) int64 {
	from, values := r.values(field, annotation)
	for _, value := range values {
		n, ok := wholeNumber(value)
		if ok && n > 0 {
			r.record(field, from, value, true, "")
			return n
		}
		if value != nil {
			r.record(field, from, value, false, "the value is not a positive whole number")
		}
	}
	r.record(field, from, nil, false, "")
	return 0
}

func wholeNumber(value any) (int64, bool) {
	if text, ok := value.(string); ok {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		return n, err == nil
	}
	f, ok := syntax.Number(value)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// list reads strings: a path that selects several, a list, or one string with
// commas in it, as annotations hold lists.
func (r factReader) list(field, annotation string) []string {
	from, values := r.values(field, annotation)
	var l factList
	for _, value := range values {
		l.add(value)
	}
	var found any
	if len(l.entries) > 0 {
		found = l.entries
	}
	r.record(field, from, found, len(l.entries) > 0, l.note)
	return l.entries
}

// factList is a list of texts, each there once.
type factList struct {
	entries []string
	// size of the entries together, in bytes.
	size int
	// note says what was left out.
	note string
}

func (l *factList) add(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				l.add(text)
			}
		}
	case string:
		for part := range strings.SplitSeq(v, ",") {
			if len(l.entries) == maxListEntries {
				l.note = fmt.Sprintf("no more than %d entries are taken", maxListEntries)
				return
			}
			l.addOne(part)
		}
	}
}

func (l *factList) addOne(text string) {
	if len(text) > maxListEntry {
		l.note = fmt.Sprintf("entries of more than %d bytes are left out", maxListEntry)
		return
	}
	text, note := fitForClients(text, maxListEntry)
	l.note = cmp.Or(l.note, note)
	switch {
	case text == "" || slices.Contains(l.entries, text):
	case l.size+len(text) > maxList:
		l.note = fmt.Sprintf("no more than %d bytes are taken", maxList)
	default:
		l.entries, l.size = append(l.entries, text), l.size+len(text)
	}
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
