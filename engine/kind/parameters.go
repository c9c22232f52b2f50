package kind

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// ParametersLimit is how large a file of parameters may be: as much as a
// ConfigMap holds.
func ParametersLimit() folder.Limit {
	return folder.Limit{What: "a file of parameters", Bytes: 1 << 20}
}

// Parameters are what an installation sets of the parameters of kinds. The zero
// value sets none. They are immutable.
type Parameters struct {
	// file is where they are set; empty where nothing says.
	file string
	// written says where each is; nil where no file sets any.
	written *syntax.Positions
	// at is the pointer of the object that has the kinds.
	at    string
	kinds map[string]map[string]any
}

// NoParameters are those of a file that is not there.
func NoParameters(file string) *Parameters { return &Parameters{file: file} }

// ParametersOf are values for the parameters of one kind, which have to fit.
func ParametersOf(kindName string, values map[string]any) *Parameters {
	return &Parameters{kinds: map[string]map[string]any{kindName: values}}
}

// ReadParameters reads a document KindParameters strictly. The error is of type
// Faults, unless the program itself is broken. File is its name in faults.
func ReadParameters(file string, content []byte) (*Parameters, error) {
	doc, err := syntax.ParseAs(schemas.Parameters, file, content)
	if err != nil {
		return nil, err
	}
	if faults := doc.Faults(); len(faults) > 0 {
		for i := range faults {
			faults[i].Rule = syntax.RuleParameters
		}
		return nil, faults
	}
	p := &Parameters{file: file, written: &doc.Positions, at: "/spec", kinds: map[string]map[string]any{}}
	spec, _ := syntax.Lookup(doc.Value(), p.at).(map[string]any)
	for name, values := range spec {
		p.kinds[name], _ = values.(map[string]any)
	}
	return p, nil
}

// Give is the kind with what is set of its parameters. Where a value does not
// fit, or one that has no default is not set, it is nil, and the faults say what
// to write. A parameter that the kind does not have is not among them: see Unknown.
func (p *Parameters) Give(k *Kind) (*Kind, syntax.Faults) {
	k = k.asDeclared()
	if len(k.spec.Parameters) == 0 {
		return k, nil
	}
	set := p.kinds[k.name]
	values := map[string]any{}
	var faults syntax.Faults
	for name, value := range set {
		declared, ok := k.spec.Parameters[name]
		if !ok {
			continue
		}
		if wrong := unfitParameter(declared.Type, value); wrong != "" {
			faults = append(faults, p.faultOf(k, name, wrong))
			continue
		}
		values[name] = value
	}
	for _, name := range k.unsetParameters(set) {
		faults = append(faults, p.faultOf(k, name, p.howToSet(k, name)))
	}
	if len(faults) > 0 {
		return nil, faults.Sorted()
	}
	return k.With(values), nil
}

// faultOf is one of a parameter, in the file that sets it, or else where it is
// declared.
func (p *Parameters) faultOf(k *Kind, name, message string) syntax.Fault {
	fault := k.positions.At("/spec/parameters/" + syntax.EscapePointer(name))
	if p.written != nil {
		fault = p.written.At(p.pointer(k.name, name))
	} else if p.file != "" {
		fault = syntax.Positions{File: p.file}.At("/spec/" + syntax.EscapePointer(k.name) + "/" + syntax.EscapePointer(name))
		fault.Line = 0 // There is no such file.
	}
	fault.Message, fault.Rule = message, syntax.RuleParameters
	return fault
}

func (p *Parameters) pointer(kindName, parameter string) string {
	return p.at + "/" + syntax.EscapePointer(kindName) + "/" + syntax.EscapePointer(parameter)
}

// howToSet says what to write of a parameter that is not set.
func (p *Parameters) howToSet(k *Kind, name string) string {
	declared := k.spec.Parameters[name]
	where := "here under"
	switch {
	case p.file == "":
		where = "in a file of kind KindParameters that --parameters names, under"
	case p.written == nil:
		where = "in that file, of kind KindParameters, under"
	}
	return fmt.Sprintf("the parameter %s of the kind %s is not set, and it has no default: write %s %s spec.%s; it is %s (%s:%d)",
		name, k.name, strconv.Quote(name+": "+exampleOf(declared.Type)), where, k.name, declared.Description,
		k.file, k.positions.At("/spec/parameters/"+syntax.EscapePointer(name)).Line)
}

// Unknown says which kinds and parameters are set that do not exist. The kinds
// are all there are, also those that are not in force; broken are the names of
// those of which nothing is known. What is set in vain changes nothing else.
func (p *Parameters) Unknown(kinds []*Kind, broken []string) syntax.Faults {
	if p.written == nil {
		return nil
	}
	doc := p.written.Report(syntax.RuleParameters)
	byName := byName(kinds)
	for _, name := range slices.Sorted(maps.Keys(p.kinds)) {
		at := p.at + "/" + syntax.EscapePointer(name)
		switch k := byName[name]; {
		case k == nil && slices.Contains(broken, name):
		case k == nil:
			doc.FaultAt(at, "no kind is called %s%s", syntax.Quote(name), meant(name, kinds))
		case k.name != name:
			doc.FaultAt(at, "%s is an alias of the kind %s: write %s", name, k.name, k.name)
		default:
			for _, parameter := range slices.Sorted(maps.Keys(p.kinds[name])) {
				if _, ok := k.spec.Parameters[parameter]; !ok {
					doc.FaultAt(p.pointer(name, parameter), "the kind %s has no parameter of that name, %s", name,
						instead(parameter, slices.Sorted(maps.Keys(k.spec.Parameters))))
				}
			}
		}
	}
	return doc.Faults()
}

// meant names the kind that was probably meant, and else those that have
// parameters at all.
func meant(name string, kinds []*Kind) string {
	var names, having []string
	for _, k := range kinds {
		names = append(names, k.name)
		if len(k.spec.Parameters) > 0 {
			having = append(having, k.name)
		}
	}
	slices.Sort(having)
	if near := syntax.Nearest(name, names); near != "" {
		return fmt.Sprintf(", did you mean %s?", near)
	}
	if len(having) == 0 {
		return ", and no kind that there is has parameters: remove it, or add the kind"
	}
	return ", those with parameters are " + strings.Join(having, ", ") + ": remove it, or add the kind"
}

// instead names the parameter that was probably meant, and else all.
func instead(name string, known []string) string {
	switch near := syntax.Nearest(name, known); {
	case near != "":
		return fmt.Sprintf("did you mean %s?", near)
	case len(known) == 0:
		return "it has none: remove the line"
	}
	return "it has " + strings.Join(known, ", ")
}

// Check holds what is set against kinds, and the kinds against what is set: every
// fault of the file, and every parameter that it lacks.
func (p *Parameters) Check(kinds []*Kind) syntax.Faults {
	faults := p.Unknown(kinds, nil)
	for _, k := range kinds {
		_, more := p.Give(k)
		faults = append(faults, more...)
	}
	return faults.Sorted()
}
