package question

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/catalog"
)

const (
	// accessField and reportedField are not of the model but of the caller: when it was
	// let in, and what the model's endpoint told it then.
	accessField   = "access"
	reportedField = "reported"
	allFields     = "*"
	// CheckedAtFormat is RFC 3339 with milliseconds.
	CheckedAtFormat = "2006-01-02T15:04:05.000Z07:00"
)

// Fields are what is shown of each model. The zero value is all of the model, and
// nothing of the caller.
type Fields struct {
	// Some is set where only those of Names are shown, which are in the order of a
	// model's fields and have all that OpenAI's model objects have.
	Some  bool
	Names []string
	// Access is set where it is shown when and how fast the caller was let in.
	Access bool
	// Reported is set where it is shown what the endpoint has told the caller.
	Reported bool
}

// Told is what is shown of the caller beside the model.
type Told struct {
	// Checked is when the caller was let in, in nanoseconds since 1970, and Took how
	// long that took; Checked is 0 where nobody was asked.
	Checked int64
	Took    time.Duration
	// Reported is what the endpoint has told; nil for nothing.
	Reported *Reported
}

// Reported is what an endpoint has told a caller of the model.
type Reported struct {
	ContextLength int64    `json:"context_length,omitempty"`
	Names         []string `json:"names,omitempty"`
}

// always are the fields of OpenAI's model objects, all of them required
// (openai-openapi, components/schemas/Model).
func always() []string { return []string{"id", "object", "created", "owned_by"} }

// modelFields are the names of a model's fields in their order.
func modelFields() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[catalog.Model]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// AreEntries says whether models are shown as the catalog has them.
func (f Fields) AreEntries() bool { return !f.Some && !f.OfCaller() }

// OfCaller says whether something of the caller is shown, which is another each time.
func (f Fields) OfCaller() bool { return f.Access || f.Reported }

// Show appends what is shown of a model, of its JSON and of what is told of the caller.
func (f Fields) Show(to, model []byte, told Told) []byte {
	if f.AreEntries() {
		return append(to, model...)
	}
	to = append(to, '{')
	if f.Some {
		for name, member := range members(model) {
			if slices.Contains(f.Names, name) {
				to = append(append(to, member...), ',')
			}
		}
	} else {
		to = append(append(to, model[1:len(model)-1]...), ',')
	}
	if f.Access && told.Checked != 0 {
		to = append(to, `"access":{"checked_at":"`...)
		to = time.Unix(0, told.Checked).UTC().AppendFormat(to, CheckedAtFormat)
		to = append(to, `","latency_ms":`...)
		to = strconv.AppendFloat(to, float64(told.Took.Round(100*time.Microsecond))/float64(time.Millisecond), 'f', -1, 64)
		to = append(to, "},"...)
	}
	if f.Reported && told.Reported != nil {
		reported, err := json.Marshal(told.Reported)
		if err != nil { // strings and numbers always marshal
			panic(err)
		}
		to = append(append(append(to, `"reported":`...), reported...), ',')
	}
	to[len(to)-1] = '}' // there is a field: a model has an id
	return to
}

// members gives the members of a JSON object as encoding/json writes it, without
// blanks: each with its name.
func members(object []byte) func(yield func(name string, member []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for rest := object[1 : len(object)-1]; len(rest) > 0; {
			end := memberEnd(rest)
			member := rest[:end]
			name := member[1 : 1+bytes.IndexByte(member[1:], '"')]
			if !yield(string(name), member) {
				return
			}
			rest = rest[min(end+1, len(rest)):]
		}
	}
}

// memberEnd is where the first member ends: at a comma, or where all do.
func memberEnd(members []byte) int {
	depth, isText := 0, false
	for i := 0; i < len(members); i++ {
		switch c := members[i]; {
		case isText && c == '\\':
			i++
		case c == '"':
			isText = !isText
		case isText:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',' && depth == 0:
			return i
		}
	}
	return len(members)
}
