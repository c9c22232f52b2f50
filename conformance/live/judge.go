package live

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind"
)

// wanted are the ids that have to be listed, sorted.
func (l *listing) wanted() []string {
	var ids []string
	for _, b := range behaviours() {
		if b.listed || l.never() {
			ids = append(ids, ownModel+b.name)
		}
		if b.listed {
			ids = append(ids, referenceModel+b.name)
		}
	}
	slices.Sort(ids)
	return ids
}

// never says whether endpoints of the kind are not asked, which the kind-spec declares.
func (l *listing) never() bool { return l.kind.Probe().Policy == kind.ProbeNever }

func (l *listing) checks(found map[string]map[string]any) []check.Result {
	var checks []check.Result
	independent := ""
	for _, b := range behaviours() {
		own, other := found[ownModel+b.name], found[referenceModel+b.name]
		wanted, word := b.listed || l.never(), "is listed"
		if !wanted {
			word = "is not listed"
		}
		fault := ""
		if listed := own != nil; listed != wanted {
			fault = fmt.Sprintf("a backend that %s: the model is listed: %t, and has to be: %t; look at spec.probe of the kind-spec", b.does, listed, wanted)
		}
		checks = append(checks, check.Of(b.name+" "+word, fault))
		if own != nil && own["url"] != l.backends.url(ownModel+b.name) {
			independent += fmt.Sprintf("  %s: url is %v, and has to be the override %s\n", own["id"], own["url"], l.backends.url(ownModel+b.name))
		}
		if own != nil && other != nil {
			independent += l.differ(own, other)
		}
		if listed := other != nil; listed != b.listed {
			independent += fmt.Sprintf("  %s: the model of the reference kind is listed: %t\n", b.name, listed)
		}
	}
	checks = append(checks, check.Of("the reply differs from another kind's in id and kind only", strings.TrimRight(independent, "\n")))
	return append(checks, l.asked())
}

// differ compares what is said of two models that only their kind tells apart.
// What a kind tells of a model by itself, such as its name for people, is its own.
func (l *listing) differ(own, other map[string]any) string {
	differences := ""
	keys := slices.Collect(maps.Keys(other))
	if !l.enriched {
		keys = slices.AppendSeq(keys, maps.Keys(own))
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if slices.Contains([]string{"id", "kind", "created", "url"}, key) { // each was made at its time, for its backend
			continue
		}
		if !reflect.DeepEqual(own[key], other[key]) {
			differences += fmt.Sprintf("  %s: %s is %v, for another kind %v\n", own["id"], key, own[key], other[key])
		}
	}
	return differences
}

// asked looks at what came to the backends.
func (l *listing) asked() check.Result {
	name := "Authorization arrives byte-identical"
	if l.never() {
		name = "endpoints are not asked, as the kind declares"
	}
	var faults []string
	for _, b := range behaviours() {
		seen := l.backends.seen(ownModel + b.name)
		if asked := len(seen) > 0; asked == l.never() {
			faults = append(faults, fmt.Sprintf("%s: the backend was asked: %t", b.name, asked))
		}
		for _, header := range seen {
			if !slices.Equal(header, []string{authorization}) {
				faults = append(faults, fmt.Sprintf("%s: %q came, %q was sent", b.name, header, authorization))
			}
		}
	}
	return check.Of(name, strings.Join(faults, "\n"))
}
