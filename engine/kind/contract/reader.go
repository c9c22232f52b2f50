package contract

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Reader is a part of a kind-spec that reads something.
type Reader struct {
	// Part is rule, candidate, value, subject, model, referent or generation.
	Part string
	// Name of the rule, candidate, value or subject, or the field of the model.
	Name string
	// Fault is where it stands, and what the kind-spec does wrong now; the message
	// is empty where that is said already.
	syntax.Fault
}

// String gives "kinds/a/kind.yaml:7: rule ready: spec.health[0].when[0].path".
func (r Reader) String() string {
	what := strings.TrimSpace(r.Part + " " + r.Name)
	s := r.File + ":" + strconv.Itoa(r.Line) + ": " + what + ": " + r.Field
	if r.Message != "" {
		s += ": " + r.Message
	}
	return s
}

// newReader is the part of the kind-spec at a JSON Pointer.
func newReader(k *kind.Kind, pointer string) Reader {
	r := Reader{Fault: k.Positions().At(pointer)}
	tokens := append(strings.Split(pointer, "/"), "", "")
	i, _ := strconv.Atoi(tokens[3])
	switch tokens[2] {
	case "health":
		r.Part, r.Name = "rule", nth(kind.RuleNames(k.Spec()), i)
	case "endpoint":
		r.Part, r.Name = "candidate", nth(kind.CandidateNames(k.Spec()), i)
	case "values":
		r.Part, r.Name = "value", tokens[3]
	case "subjects":
		r.Part, r.Name = "subject", nth(subjectNames(k.Spec()), i)
	case "model":
		r.Part, r.Name = "model", tokens[3]
	default:
		r.Part = tokens[2]
	}
	return r
}

func subjectNames(spec *v1alpha1.ModelKindSpec) []string {
	var names []string
	for _, s := range spec.Subjects {
		names = append(names, s.As)
	}
	return names
}

func nth(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return ""
}

// operand is what a predicate or a source says beside what it is about.
var operand = regexp.MustCompile(`(/(path|condition|status|equals|matches|messageMatches|atLeast|capture|lower|key|in|statusIn|reasonIn)(/[0-9]+)?)+$`)

// statement is the predicate or the source that a JSON Pointer leads into.
func statement(pointer string) string { return operand.ReplaceAllString(pointer, "") }

// about says whether what is wrong at one JSON Pointer is about what is read at
// another: both are in one predicate or source, or one is the part of the other.
func about(wrong, read string) bool {
	wrong, read = statement(wrong), statement(read)
	return wrong == read || strings.HasPrefix(read, wrong+"/") && strings.Count(read, "/") == strings.Count(wrong, "/")+1
}
