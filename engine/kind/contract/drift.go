package contract

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Drift is one way in which a backend is no longer what a pin says of it.
type Drift struct {
	// Kind is the name of the kind-spec.
	Kind string
	// Type is the Kubernetes kind and its group.
	Type string
	// Change says what sort of drift it is.
	Change Change
	// Version is empty when the drift is of the whole type.
	Version string
	// Path is empty when it is of the whole version.
	Path string
	// Message says what has changed.
	Message string
	// Advice says what to do; empty where nothing has to be done. It, Breaks and
	// Readers are known where a kind-spec was held against the change as well.
	Advice string
	// Breaks says that the kind-spec has to change.
	Breaks bool
	// Readers are the parts of the kind-spec that read it.
	Readers []Reader

	// at is what the pin has there.
	at *FieldSchema
}

// String gives "llmisvc: LLMInferenceService.serving.kserve.io v1alpha2 $.status.url: ...".
func (d Drift) String() string {
	words := []string{d.Kind + ":", d.Type}
	for _, word := range []string{d.Version, d.Path} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ") + ": " + d.Message
}

// Drifts holds the pin against the contracts that hold now. What the pin does
// not have is not looked at.
func (p *Pin) Drifts(now []Contract) []Drift {
	var all []Drift
	for _, pinned := range p.Contracts {
		d := drifting{of: Drift{Kind: p.Name, Type: pinned.GroupKind().String()}}
		i := slices.IndexFunc(now, func(c Contract) bool { return c.GroupKind() == pinned.GroupKind() })
		if i < 0 {
			d.note(ChangeTypeGone, nil, "", "no such type is there any more")
		} else {
			d.contract(pinned, now[i])
		}
		all = append(all, d.found...)
	}
	return all
}

// drifting collects the drifts of one version of a type.
type drifting struct {
	of    Drift
	found []Drift
	// nulls says that the pin knows what may be null, and words that it knows which
	// are the only values: Go types do not.
	nulls, words bool
}

func (d *drifting) note(change Change, at *FieldSchema, path, format string, args ...any) {
	one := d.of
	one.Change, one.Path, one.Message, one.at = change, path, fmt.Sprintf(format, args...), at
	d.found = append(d.found, one)
}

func (d *drifting) contract(pinned, now Contract) {
	d.nulls, d.words = len(pinned.Served) > 0, pinned.Source.Project != apiModule
	if pinned.Scope != now.Scope {
		d.note(ChangeScope, nil, "", "is now of scope %s, not %s", now.Scope, pinned.Scope)
	}
	if pinned.Plural != now.Plural {
		d.note(ChangeResource, nil, "", "is now the resource %s, not %s: roles need it", now.Plural, pinned.Plural)
	}
	for _, version := range pinned.VersionNames() {
		d.of.Version = version
		if now.Versions[version] == nil {
			d.note(ChangeVersionGone, nil, "", "is not served any more, there is %s", strings.Join(now.VersionNames(), ", "))
			continue
		}
		d.schema("$", pinned.Versions[version], now.Versions[version])
	}
}

func (d *drifting) schema(path string, pinned, now *FieldSchema) {
	if pinned.classes() == anything {
		return
	}
	if pinned.classes() != now.classes() && now.classes() != anything {
		d.note(ChangeTypeOfValue, pinned, path, "is now %s, not %s", now.noun(), pinned.noun())
		return
	}
	if d.nulls && now.Nullable && !pinned.Nullable {
		d.note(ChangeNullable, pinned, path, "may now be null, which counts as not there")
	}
	d.enum(path, pinned, now)
	for _, name := range slices.Sorted(maps.Keys(pinned.Properties)) {
		below, problem := cursor{schema: now, text: "$"}.field(name)
		if problem != "" {
			d.note(ChangeFieldGone, pinned.Properties[name], path+"."+name, "is not there any more%s", adviseField(name, now))
			continue
		}
		d.schema(path+"."+name, pinned.Properties[name], below.schema)
	}
	if pinned.Items != nil && now.Items != nil {
		d.schema(path+"[*]", pinned.Items, now.Items)
	}
	if pinned.AdditionalProperties != nil {
		switch {
		case now.AdditionalProperties != nil:
			d.schema(path+"[*]", pinned.AdditionalProperties, now.AdditionalProperties)
		case now.classes() != anything && !now.Open:
			d.note(ChangeMapGone, pinned.AdditionalProperties, path, "is no map of any names any more")
		}
	}
}

// enum: words that are gone leave rules that never hold, and new words are
// states that no rule knows.
func (d *drifting) enum(path string, pinned, now *FieldSchema) {
	if now.Enum == nil || !d.words {
		return
	}
	if pinned.Enum == nil {
		d.note(ChangeValuesGone, pinned, path, "is now one of %s", syntax.Quote(now.Enum))
		return
	}
	if gone := without(pinned.Enum, now.Enum); len(gone) > 0 {
		d.note(ChangeValuesGone, pinned, path, "is never %s any more", syntax.Quote(gone))
	}
	if added := without(now.Enum, pinned.Enum); len(added) > 0 {
		d.note(ChangeValuesAdded, pinned, path, "may now be %s, which no rule was written for", syntax.Quote(added))
	}
}

func without(values, others []any) []any {
	return slices.DeleteFunc(slices.Clone(values), func(value any) bool {
		return slices.ContainsFunc(others, func(other any) bool { return syntax.SameScalar(value, other) || reflect.DeepEqual(value, other) })
	})
}
