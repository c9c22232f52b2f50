package question

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
)

// Aspect is what a filter looks at, or several of these.
type Aspect uint8

// The aspects.
const (
	Kind Aspect = 1 << iota
	Namespace
	Type
	Capability
	Ready
	Lifecycle
	Text
)

// narrowing are the aspects of one word, which a look tells: a filter on these says
// what is asked, and not only what is shown. To search a model's texts takes a time that
// depends on them, so that is done to models that the caller may use, and to no others.
const narrowing = Kind | Namespace | Type | Ready

// Readiness says whether ready models are wanted.
type Readiness uint8

// What may be wanted.
const (
	ReadyOrNot Readiness = iota
	OnlyReady
	OnlyUnready
)

// Filter says which models are wanted. The zero value lets all pass. Its lists are
// sorted, and have each value once.
type Filter struct {
	// Words have to occur, each of them, in a model's texts. They are in lower case.
	Words []string
	// Kinds, Namespaces and Types are those that a model may be of. Unknown are the
	// kinds among them that are not in force: they are there for those who may use a
	// model of them, and for nobody else.
	Kinds, Unknown, Namespaces, Types []string
	// Capabilities are those that a model has to have, all of them, among its
	// capabilities, features and endpoints.
	Capabilities []string
	Ready        Readiness
}

// aspects are those that the filter looks at.
func (f Filter) aspects() Aspect {
	var given Aspect
	for _, filter := range [...]struct {
		aspect Aspect
		given  bool
	}{
		{Text, len(f.Words) > 0}, {Kind, len(f.Kinds) > 0}, {Namespace, len(f.Namespaces) > 0}, {Type, len(f.Types) > 0},
		{Capability, len(f.Capabilities) > 0}, {Ready, f.Ready != ReadyOrNot},
	} {
		if filter.given {
			given |= filter.aspect
		}
	}
	return given
}

// Passes says whether a model is wanted.
func (f Filter) Passes(e *catalog.Entry) bool { return f.fails(e, f.aspects()) == 0 }

// fails are those of the given aspects in which a model is not as wanted.
func (f Filter) fails(e *catalog.Entry, given Aspect) Aspect {
	var failed Aspect
	if given&Kind != 0 && !slices.Contains(f.Kinds, e.Kind) {
		failed |= Kind
	}
	if given&Namespace != 0 && !slices.Contains(f.Namespaces, e.Namespace) {
		failed |= Namespace
	}
	if given&Type != 0 && !slices.Contains(f.Types, e.Model.Type) {
		failed |= Type
	}
	if given&Ready != 0 && e.Ready != (f.Ready == OnlyReady) {
		failed |= Ready
	}
	if given&Capability != 0 && !f.isAble(&e.Model) {
		failed |= Capability
	}
	if given&Text != 0 && !f.Finds(e.Text()) {
		failed |= Text
	}
	return failed
}

func (f Filter) isAble(m *catalog.Model) bool {
	for _, wanted := range f.Capabilities {
		if !slices.Contains(m.Capabilities, wanted) && !slices.Contains(m.SupportedFeatures, wanted) && !slices.Contains(m.SupportedEndpoints, wanted) {
			return false
		}
	}
	return true
}

// Finds says whether a text in lower case has all the words.
func (f Filter) Finds(text string) bool {
	for _, word := range f.Words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// narrows are the aspects in which what is asked may be less than the whole list. The
// values of a facet are counted whatever its own filter says.
func (q Question) narrows() Aspect { return q.Filter.aspects() & narrowing &^ q.Facets }

// Narrows says whether less than the whole list has to be asked, and Concerns which
// models then.
func (q Question) Narrows() bool { return q.narrows() != 0 }

// Selection stands for the models that Concerns chooses, zero for all of them.
func (q Question) Selection() [sha256.Size]byte {
	if !q.Narrows() {
		return [sha256.Size]byte{}
	}
	aspects, of := q.narrows(), Filter{}
	if aspects&Kind != 0 {
		of.Kinds = q.Filter.Kinds
	}
	if aspects&Namespace != 0 {
		of.Namespaces = q.Filter.Namespaces
	}
	if aspects&Type != 0 {
		of.Types = q.Filter.Types
	}
	if aspects&Ready != 0 {
		of.Ready = q.Filter.Ready
	}
	return Question{Filter: of}.Key()
}

// Concerns says whether the answer may depend on a model.
func (q Question) Concerns() func(*catalog.Entry) bool {
	aspects := q.narrows()
	return func(e *catalog.Entry) bool { return q.Filter.fails(e, aspects) == 0 }
}
