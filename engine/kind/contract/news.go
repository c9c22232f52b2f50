package contract

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/version"
)

// news is what is new of the versions, as far as both sides know it: a pin that was
// made before pins kept it does not, nor does a cluster whose CRDs may not be read.
func (d *drifting) news(pinned, now Contract) {
	if len(pinned.Served) == 0 || len(now.Versions) == 0 {
		return
	}
	for _, v := range now.VersionNames() {
		if d.of.Version = v; !slices.Contains(pinned.Served, v) {
			d.note(ChangeVersionAdded, nil, "", "is served now%s", d.fitness(pinned, now, v))
		}
	}
	if d.of.Version = now.Storage; now.Storage != "" && now.Storage != pinned.Storage {
		d.note(ChangeStorage, nil, "", "is what objects are stored in now, and was %s", pinned.Storage)
	}
	for _, v := range now.Deprecated {
		if d.of.Version = v; !slices.Contains(pinned.Deprecated, v) {
			d.note(ChangeVersionDeprecated, nil, "", "is deprecated now")
		}
	}
}

// fitness says whether a version that the pin does not have would do.
func (d *drifting) fitness(pinned, now Contract, v string) string {
	lacks := lacking(pinned, now, v)
	if len(lacks) == 0 {
		return ", and has everything that is read"
	}
	return ", and does not fit what is read: " + strings.Join(lacks, "; ")
}

// lacking says what a version lacks of what is pinned of it, or else of the first.
func lacking(pinned, now Contract, v string) []string {
	read := pinned.Versions[v]
	if read == nil {
		read = pinned.Versions[byPriority(pinned.VersionNames())[0]]
	}
	var d drifting
	d.schema("$", read, now.Versions[v])
	var lacks []string
	for _, drift := range d.found {
		if drift.Change.Breaks() {
			lacks = append(lacks, fmt.Sprintf("%s %s", drift.Path, drift.Message))
		}
	}
	return lacks
}

// byPriority sorts versions as Kubernetes does: v2, v1, v1beta1.
func byPriority(versions []string) []string {
	sorted := slices.Clone(versions)
	slices.SortStableFunc(sorted, func(a, b string) int { return version.CompareKubeAwareVersionStrings(b, a) })
	return sorted
}
