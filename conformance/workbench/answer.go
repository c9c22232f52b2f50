package workbench

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// maxNotes is how many objects are named that are not looked at.
const maxNotes = 20

// maxFaultMessage bounds a message, in bytes: an error of a YAML library may quote a text.
const maxFaultMessage = 2000

// isRefused says whether a fault keeps the decision from being made. Those of the
// kind-spec that a schema tells are none of these.
func (a *Answer) isRefused() bool {
	return slices.ContainsFunc(a.Faults, func(f Fault) bool { return f.In != inKind && !f.Warning })
}

func (a *Answer) add(in string, faults syntax.Faults) {
	for _, f := range faults {
		if in == inKind && f.File != folder.SpecFile { // that of a file beside the kind-spec
			f.Message, f.Line, f.Field = f.String(), 0, ""
		}
		a.Faults = append(a.Faults, Fault{in, f.Line, f.Field, syntax.Shorten(f.Message, maxFaultMessage), f.Rule, f.Warning})
	}
}

func (a *Answer) addError(in string, err error) {
	fault := Fault{In: in, Message: err.Error()}
	var misread *Misread
	if errors.As(err, &misread) {
		fault.Line, fault.Message = misread.Line, misread.Err.Error()
	}
	fault.Message = syntax.Shorten(fault.Message, maxFaultMessage)
	a.Faults = append(a.Faults, fault)
}

// tooLong refuses a text of more bytes than are read of a file.
func (a *Answer) tooLong(in, text string, limit folder.Limit) bool {
	if int64(len(text)) <= limit.Bytes {
		return false
	}
	a.addError(in, fmt.Errorf("it has %d bytes, and %s may have %d", len(text), limit.What, limit.Bytes))
	return true
}

// maxHidden is how many lines of a text are named for what cannot be seen in them.
const maxHidden = 5

// noteHidden warns of characters that no editor shows: they make a text read otherwise
// than it is.
func (a *Answer) noteHidden(in, text string) {
	if !syntax.Hides(text) {
		return
	}
	line, named := 0, 0
	for content := range strings.Lines(text) {
		line++
		hidden := strings.IndexFunc(content, func(r rune) bool { return r != '\r' && syntax.IsHidden(r) })
		if hidden < 0 {
			continue
		}
		if named++; named > maxHidden {
			return
		}
		found, _ := utf8.DecodeRuneInString(content[hidden:])
		a.Faults = append(a.Faults, Fault{In: in, Line: line, Warning: true, Message: fmt.Sprintf("the line has a character that cannot be seen, U+%04X: remove it, or write it as an escape in quotes", found)})
	}
}

// refuseModel notes what no model can have.
func (a *Answer) refuseModel(q Question) {
	if q.Previous != "" && !slices.Contains(phase.Phases(), q.Previous) {
		a.addError(inModel, fmt.Errorf("%q is no phase", q.Previous))
	}
}

// takeReferent refuses an object that the kind does not read, and notes one in a
// version that it does not name.
func (a *Answer) takeReferent(k *kind.Kind, referent *unstructured.Unstructured) bool {
	is := referent.GroupVersionKind()
	named, ok := k.ReferentOf(is.GroupKind())
	if !ok {
		a.addError(inObjects, fmt.Errorf("the first object has to be what a model points at: the kind %s reads %s, and this is %s",
			k.Name(), k.Referent().GroupKind(), is.GroupKind()))
		return false
	}
	if !slices.Contains(named.Versions, is.Version) {
		a.Notes = append(a.Notes, fmt.Sprintf("the kind %s reads %s in %s; this object is of %s and is read as it is",
			k.Name(), named.Kind, strings.Join(named.Versions, " or "), referent.GetAPIVersion()))
	}
	return true
}

// noteUnread names the objects that nothing asked for.
func (a *Answer) noteUnread(k *kind.Kind, objects kind.Objects) {
	for i, object := range objects {
		if i == maxNotes {
			a.Notes = append(a.Notes, fmt.Sprintf("nor are %d more objects", len(objects)-i))
			return
		}
		name := strings.TrimPrefix(object.GetNamespace()+"/"+object.GetName(), "/")
		a.Notes = append(a.Notes, fmt.Sprintf("%s %s is not looked at: the kind %s does not read it beside the first object", object.GetKind(), name, k.Name()))
	}
}
