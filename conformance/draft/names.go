package draft

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// laterFirst orders v2 before v1 before v1beta1.
func laterFirst(a, b string) int {
	stable := func(version string) int {
		switch {
		case strings.Contains(version, "alpha"):
			return 2
		case strings.Contains(version, "beta"):
			return 1
		}
		return 0
	}
	return cmp.Or(stable(a)-stable(b), strings.Compare(b, a))
}

// A draft has these as they stand, and names a folder by the first. What an object or a
// CRD says could else end its line, or lead out of a folder.
var (
	plainKind = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,62}$`)
	plainWord = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$`)
)

// plain refuses names that Kubernetes does not have.
func (s *survey) plain(name string) error {
	for _, text := range []string{s.kind, name} {
		if !plainKind.MatchString(text) {
			return fmt.Errorf("%q is no kind: write letters and digits, starting with a letter; --name gives a kind-spec another name", text)
		}
	}
	for _, text := range append(slices.Clone(s.versions), s.group) {
		if text != "" && !plainWord.MatchString(text) {
			return fmt.Errorf("%q is no group or version of the Kubernetes API", text)
		}
	}
	return nil
}

// namesOf are the objects, as errors and comments call them.
func namesOf(states []State, of func(i int) bool) string {
	var names []string
	for i, state := range states {
		if of(i) {
			names = append(names, state.Name)
		}
	}
	const shown = 3
	if len(names) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
	}
	return strings.Join(names, ", ")
}

// qualified is an object's name for people.
func qualified(o *unstructured.Unstructured) string {
	return strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
}

// Versions are those of a contract, the latest stable one first.
func Versions(c contract.Contract) []string {
	return slices.SortedFunc(maps.Keys(c.Versions), laterFirst)
}
