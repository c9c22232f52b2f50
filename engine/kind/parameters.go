package kind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/schemas"
)

// ParametersLimit is how large a file of parameters may be: as much as a
// ConfigMap holds.
func ParametersLimit() Limit { return Limit{"a file of parameters", maxSpecSize} }

// Parameters are what an installation sets of the parameters of kinds. The zero
// value sets none. They are immutable.
type Parameters struct {
	// file is where they are set; empty where nothing says.
	file string
	doc  *document
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
	v, err := newValidatorFor(schemas.Parameters)
	if err != nil {
		return nil, err
	}
	doc := parseDocument(file, content)
	if len(doc.faults) == 0 {
		if err := v.validate(&doc); err != nil {
			return nil, err
		}
	}
	if len(doc.faults) > 0 {
		for i := range doc.faults {
			doc.faults[i].Rule = RuleParameters
		}
		return nil, doc.faults.sorted()
	}
	p := &Parameters{file: file, doc: &doc, at: "/spec", kinds: map[string]map[string]any{}}
	spec, _ := lookup(doc.value, p.at).(map[string]any)
	for name, values := range spec {
		p.kinds[name], _ = values.(map[string]any)
	}
	return p, nil
}

// Give is the kind with what is set of its parameters. Where a value does not
// fit, or one that has no default is not set, it is nil, and the faults say what
// to write. A parameter that the kind does not have is not among them: see Unknown.
func (p *Parameters) Give(k *Kind) (*Kind, Faults) {
	k = k.asDeclared()
	if len(k.spec.Parameters) == 0 {
		return k, nil
	}
	set := p.kinds[k.name]
	values := map[string]any{}
	var faults Faults
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
		return nil, faults.sorted()
	}
	return k.With(values), nil
}

// faultOf is one of a parameter, in the file that sets it, or else where it is
// declared.
func (p *Parameters) faultOf(k *Kind, name, message string) Fault {
	doc := document{file: k.file, lines: k.lines}
	fault := doc.at("/spec/parameters/" + escapePointer(name))
	if p.doc != nil {
		fault = p.doc.at(p.pointer(k.name, name))
	} else if p.file != "" {
		fault = Fault{File: p.file, Field: fieldPath("/spec/" + escapePointer(k.name) + "/" + escapePointer(name))}
	}
	fault.Message, fault.Rule = message, RuleParameters
	return fault
}

func (p *Parameters) pointer(kindName, parameter string) string {
	return p.at + "/" + escapePointer(kindName) + "/" + escapePointer(parameter)
}

// howToSet says what to write of a parameter that is not set.
func (p *Parameters) howToSet(k *Kind, name string) string {
	declared := k.spec.Parameters[name]
	where := "here under"
	switch {
	case p.file == "":
		where = "in a file of kind KindParameters that --parameters names, under"
	case p.doc == nil:
		where = "in that file, of kind KindParameters, under"
	}
	doc := document{file: k.file, lines: k.lines}
	return fmt.Sprintf("the parameter %s of the kind %s is not set, and it has no default: write %s %s spec.%s; it is %s (%s:%d)",
		name, k.name, quote(name+": "+exampleOf(declared.Type)), where, k.name, declared.Description,
		k.file, doc.line("/spec/parameters/"+escapePointer(name)))
}

// Unknown says which kinds and parameters are set that do not exist. The kinds
// are all there are, also those that are not in force; broken are the names of
// those of which nothing is known. What is set in vain changes nothing else.
func (p *Parameters) Unknown(kinds []*Kind, broken []string) Faults {
	if p.doc == nil {
		return nil
	}
	doc := document{file: p.doc.file, lines: p.doc.lines, rule: RuleParameters}
	byName := byName(kinds)
	for _, name := range sortedKeys(p.kinds) {
		at := p.at + "/" + escapePointer(name)
		switch k := byName[name]; {
		case k == nil && slices.Contains(broken, name):
		case k == nil:
			doc.faultAt(at, "no kind is called %s%s", quote(shorten(name, maxQuoted)), meant(name, kinds))
		case k.name != name:
			doc.faultAt(at, "%s is an alias of the kind %s: write %s", name, k.name, k.name)
		default:
			for _, parameter := range sortedKeys(p.kinds[name]) {
				if _, ok := k.spec.Parameters[parameter]; !ok {
					doc.faultAt(p.pointer(name, parameter), "the kind %s has no parameter of that name, %s", name,
						instead(parameter, sortedKeys(k.spec.Parameters)))
				}
			}
		}
	}
	return doc.faults.sorted()
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
	if near := Nearest(name, names); near != "" {
		return fmt.Sprintf(", did you mean %s?", near)
	}
	if len(having) == 0 {
		return ", and no kind that there is has parameters: remove it, or add the kind"
	}
	return ", those with parameters are " + strings.Join(having, ", ") + ": remove it, or add the kind"
}

// instead names the parameter that was probably meant, and else all.
func instead(name string, known []string) string {
	switch near := Nearest(name, known); {
	case near != "":
		return fmt.Sprintf("did you mean %s?", near)
	case len(known) == 0:
		return "it has none: remove the line"
	}
	return "it has " + strings.Join(known, ", ")
}

// Check holds what is set against kinds, and the kinds against what is set: every
// fault of the file, and every parameter that it lacks.
func (p *Parameters) Check(kinds []*Kind) Faults {
	faults := p.Unknown(kinds, nil)
	for _, k := range kinds {
		_, more := p.Give(k)
		faults = append(faults, more...)
	}
	return faults.sorted()
}
