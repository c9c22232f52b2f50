package kind

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxParameter bounds the text of a parameter, in bytes.
const maxParameter = 1024

// parameterWords are what a trace and a graph say of where the value is from.
const parameterWords = "parameter"

// parameters checks what is declared.
func (c compiler) parameters() {
	for _, name := range slices.Sorted(maps.Keys(c.spec.Parameters)) {
		at := "/spec/parameters/" + syntax.EscapePointer(name)
		p := c.spec.Parameters[name]
		switch {
		case slices.Contains(BuiltInValues(), name):
			c.doc.FaultAt(at, "%s is built in, choose another name", name)
		case c.spec.Values[name] != nil:
			c.doc.FaultAt(at, "there is a value %s already, choose another name for one of them", name)
		case slices.ContainsFunc(c.spec.Subjects, func(s v1alpha1.Subject) bool { return s.As == name }):
			c.doc.FaultAt(at, "there is a subject %s already, choose another name for one of them", name)
		}
		if p.Type == "" || p.Default == nil || p.Default.Value == nil || p.Default.Value == "" && (p.Type == v1alpha1.ParameterString || p.Type == v1alpha1.ParameterURL) {
			continue
		}
		if wrong := unfitParameter(p.Type, p.Default.Value); wrong != "" {
			c.doc.FaultAt(at+"/default", "%s", wrong)
		}
	}
}

// declaredParameters are the parameters with their defaults as values.
func (c compiler) declaredParameters() map[string]namedValue {
	values := map[string]namedValue{}
	for name, p := range c.spec.Parameters {
		var initial any
		if p.Default != nil && p.Default.Value != "" {
			initial = p.Default.Value
		}
		values[name] = parameterValue(name, initial)
	}
	return values
}

// parameterValue is a parameter as a value; nil and "" are absent.
func parameterValue(name string, value any) namedValue {
	v := namedValue{name: name, parameter: true}
	if value != nil && value != "" {
		v.sources = sources{{constant: value, words: parameterWords}}
	}
	return v
}

// unfitParameter says why a value is none of the type, and what to write. It does
// not repeat the value, which may hold a password.
func unfitParameter(of v1alpha1.ParameterType, value any) string {
	is := "is a " + syntax.TypeName(value)
	if value == nil {
		is = "is empty"
	} else if syntax.TypeName(value) == "object" {
		is = "is an object"
	}
	text, isText := value.(string)
	n, isNumber := syntax.Number(value)
	_, isBoolean := value.(bool)
	switch of {
	case v1alpha1.ParameterInteger:
		switch {
		case !isNumber:
			return is + ", and the parameter is an Integer: write a whole number such as 8000, without quotes"
		case n != math.Trunc(n) || math.Abs(n) > 1<<53:
			return "is no whole number, and the parameter is an Integer: write one such as 8000"
		}
		return ""
	case v1alpha1.ParameterBoolean:
		if !isBoolean {
			return is + ", and the parameter is a Boolean: write true or false, without quotes"
		}
		return ""
	case v1alpha1.ParameterURL, v1alpha1.ParameterString:
	}
	switch {
	case isNumber || isBoolean:
		return fmt.Sprintf("%s, and the parameter is a %s: put quotes around it", is, of)
	case !isText:
		return fmt.Sprintf("%s, and the parameter is a %s: write a text", is, of)
	case text == "":
		return "is empty: write a value, or remove the line"
	case len(text) > maxParameter:
		return fmt.Sprintf("has %d bytes, and a parameter may have %d: write less", len(text), maxParameter)
	case syntax.Hides(text) || strings.ContainsAny(text, "\n\t"):
		return "holds control characters, or marks that cannot be seen: write a text on one line without them"
	case of == v1alpha1.ParameterURL:
		return unfitURL(text)
	}
	return ""
}

// unfitURL says why a text can never lead to an endpoint.
func unfitURL(text string) string {
	if _, err := anywhere().Parse(text); err != nil {
		return fmt.Sprintf("is %s; the parameter is a URL: write one such as https://models.example.com", err)
	}
	return ""
}

// With is the kind with values for its parameters, which have to fit, as those
// that Parameters.Give takes do. It is another revision.
func (k *Kind) With(values map[string]any) *Kind {
	if len(values) == 0 {
		return k
	}
	copied := *k
	copied.declared = k.asDeclared()
	copied.values = maps.Clone(k.values)
	for name, value := range values {
		copied.values[name] = parameterValue(name, value)
	}
	copied.revision = revision([]byte(k.revision + syntax.Canonical(values)))
	if k.unlinked != nil {
		copied.unlinked = k.unlinked.With(values)
	}
	return &copied
}

// asDeclared is the kind with nothing but the defaults of its parameters.
func (k *Kind) asDeclared() *Kind {
	if k.declared != nil {
		return k.declared
	}
	return k
}

// unsetParameters are those that an installation has to set, sorted, without
// those that it has set.
func (k *Kind) unsetParameters(set map[string]any) []string {
	var unset []string
	for _, name := range slices.Sorted(maps.Keys(k.spec.Parameters)) {
		if _, ok := set[name]; !ok && k.spec.Parameters[name].Default == nil {
			unset = append(unset, name)
		}
	}
	return unset
}

// exampleOf is what a value of the type looks like.
func exampleOf(of v1alpha1.ParameterType) string {
	switch of {
	case v1alpha1.ParameterInteger:
		return "8000"
	case v1alpha1.ParameterBoolean:
		return "true"
	case v1alpha1.ParameterURL:
		return "https://models.example.com"
	case v1alpha1.ParameterString:
	}
	return "TEXT"
}
