package draft

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
)

// beside is an object that a kind in force can decide about, and by what it is found.
type beside struct {
	as, kind string
	object   *unstructured.Unstructured
	versions []string
	// name, labels: by which it is found; neither where it has the referent's own name.
	name   map[string]any
	labels map[string]any
	says   string
	// way is how it is tied; weak says that another one is surer.
	way  int
	weak bool
	// used says that a line of the draft speaks of it.
	used bool
}

// service is the kind that has the address of Pods, and whatever is before them.
const service = "Service"

// The kinds of objects that say whether Pods serve, and those that lead requests there.
var (
	workloads = []string{"Deployment", "StatefulSet", "LeaderWorkerSet"}
	routes    = []string{"HTTPRoute", "AIGatewayRoute", "Ingress", "VirtualService", "KnativeService"}
)

// Neighbours are the types of objects that are looked for beside a backend.
func Neighbours(kinds *kind.Set) []kind.Referent {
	var all []kind.Referent
	for _, name := range append(slices.Concat(workloads, routes), service) {
		if k, ok := kinds.Lookup(name); ok {
			all = append(all, k.Referents()...)
		}
	}
	return all
}

// decides says whether health is handed on to it. A route says no more than that it was
// taken, and is asked only where the backend itself says nothing better.
func (b beside) decides(alone bool) bool {
	return !b.weak && (slices.Contains(workloads, b.kind) || alone && b.leads())
}

func (b beside) leads() bool { return slices.Contains(routes, b.kind) }

func (b beside) subject() map[string]any {
	object := map[string]any{"group": b.object.GroupVersionKind().Group, "kind": b.object.GetKind(), "versions": anyOf(b.versions)}
	if b.name != nil {
		object["name"] = []any{b.name}
	}
	if b.labels != nil {
		object["labels"] = b.labels
	}
	return map[string]any{"as": b.as, "object": object}
}

// besides finds what ties the objects beside to the states, each way once. What another of
// them reads itself is left to that one.
func (s *survey) besides(objects []*unstructured.Unstructured, kinds *kind.Set) []beside {
	var all []beside
	if kinds == nil {
		return nil
	}
	for _, o := range objects {
		k := kindOf(o, kinds)
		if k == nil || k.Refers(schema.GroupKind{Group: s.group, Kind: s.kind}) || !slices.Contains(append(slices.Concat(workloads, routes), service), k.Name()) {
			continue
		}
		b, tied := s.tie(o)
		b.object, b.kind = o, k.Name()
		if referent, ok := k.ReferentOf(o.GroupVersionKind().GroupKind()); ok {
			b.versions = referent.Versions
		}
		same := func(other beside) bool {
			return other.kind == b.kind && fmt.Sprint(other.name, other.labels) == fmt.Sprint(b.name, b.labels)
		}
		if tied && !slices.ContainsFunc(all, same) {
			all = append(all, b)
		}
	}
	all = slices.DeleteFunc(all, func(b beside) bool {
		return slices.ContainsFunc(all, func(other beside) bool {
			k, _ := kinds.Lookup(other.kind)
			return other.kind != b.kind && other.leads() && k.Reads(b.object.GroupVersionKind().GroupKind())
		})
	})
	weaken(all)
	names := map[string]int{}
	for i := range all {
		name := strings.ToLower(all[i].object.GetKind())
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s%d", name, names[name])
		}
		all[i].as = name
	}
	return all
}

func kindOf(o *unstructured.Unstructured, kinds *kind.Set) *kind.Kind {
	for _, k := range kinds.Kinds() {
		if k.Refers(o.GroupVersionKind().GroupKind()) {
			return k
		}
	}
	return nil
}

// The ways in which an object is tied to the states, the surest first.
const (
	tiedByField = iota
	tiedByName
	tiedByLabel
	tiedByPart
	ways
)

// generated is the end of a name that Kubernetes has made up.
var generated = regexp.MustCompile(`(^|-)[bcdfghjklmnpqrstvwxz2456789]{5,10}(-|$)`)

// tie says how an object is found: by a field that names it, by the referent's name, by a
// label with that, or by a name made of it. What an entry of the spec names is behind the
// backend, and leads to no request.
func (s *survey) tie(o *unstructured.Unstructured) (beside, bool) {
	if s.isBehind(o) {
		return beside{}, false
	}
	for way := range ways {
		for i, state := range s.states {
			if state.Object.GetNamespace() != o.GetNamespace() || state.Object.GetName() == "" {
				continue
			}
			if b, tied := s.tiedBy(way, i, o); tied {
				b.way = way
				if ownedBy(o, state.Object) {
					b.says += " It is owned by that."
					if way == tiedByPart {
						b.says += ` Where the operator shortens or rewrites names, this one is wrong: find it by its owner, fields: {"$.metadata.ownerReferences[*].name": "{name}"}.`
					}
				}
				return b, true
			}
		}
	}
	return beside{}, false
}

func (s *survey) tiedBy(way, state int, o *unstructured.Unstructured) (beside, bool) {
	what, name, seen := o.GetKind()+" "+qualified(o), s.states[state].Object.GetName(), s.states[state].Name
	switch way {
	case tiedByField:
		if path := s.naming(state, o); path != "" {
			return beside{name: map[string]any{"path": path}, says: fmt.Sprintf("%s of %s is the name of the %s.", path, seen, what)}, true
		}
	case tiedByName:
		if o.GetName() == name {
			return beside{says: fmt.Sprintf("The %s has the same name as %s.", what, seen)}, true
		}
	case tiedByLabel:
		for _, label := range slices.Sorted(maps.Keys(o.GetLabels())) {
			if o.GetLabels()[label] == name {
				return beside{labels: map[string]any{label: "{name}"}, says: fmt.Sprintf("The %s has the label %s with the name of %s.", what, label, seen)}, true
			}
		}
	case tiedByPart:
		before, after, found := strings.Cut(o.GetName(), name)
		parted := (before == "" || strings.HasSuffix(before, "-")) && (after == "" || strings.HasPrefix(after, "-"))
		if found && parted && !generated.MatchString(after) {
			return beside{name: map[string]any{"template": before + "{name}" + after}, says: fmt.Sprintf("The %s is called after %s.", what, seen)}, true
		}
	}
	return beside{}, false
}

func (s *survey) isBehind(o *unstructured.Unstructured) bool {
	for path, f := range s.fields {
		if strings.HasPrefix(path, "$.spec.") && strings.Contains(path, "[") && slices.ContainsFunc(f.texts(), func(text string) bool {
			return text == o.GetName() || strings.HasPrefix(text, o.GetName()+"."+o.GetNamespace()+".")
		}) {
			return true
		}
	}
	return false
}

func ownedBy(o, owner *unstructured.Unstructured) bool {
	return slices.ContainsFunc(o.GetOwnerReferences(), func(r metav1.OwnerReference) bool {
		return r.Kind == owner.GetKind() && r.Name == owner.GetName()
	})
}

// naming is the path of a field that is called as the object's type is and has its name.
func (s *survey) naming(state int, o *unstructured.Unstructured) string {
	for _, below := range []string{"$.status.", "$.spec."} {
		for _, f := range s.sorted(below) {
			called := strings.Contains(strings.ToLower(last(f.path)), strings.ToLower(o.GetKind()))
			if called && !strings.Contains(f.path, "[") && f.at(state) == any(o.GetName()) {
				return f.path
			}
		}
	}
	return ""
}

// weaken marks those that others of the same kind are surer than.
func weaken(all []beside) {
	for i := range all {
		all[i].weak = all[i].way > tiedByName && slices.ContainsFunc(all, func(other beside) bool {
			return other.kind == all[i].kind && other.way < all[i].way
		})
	}
}
