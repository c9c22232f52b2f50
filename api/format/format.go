package format

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/maas-kinds/maas/api/catalog"
)

// KeyVariable is the environment variable in which a generated configuration has
// its program look for the key to the models.
const KeyVariable = "MAAS_API_KEY"

// Form is how one program wants a list of models.
type Form struct {
	// Name is what a query calls it.
	Name string
	// ContentType of the whole.
	ContentType string
	// saysReady is set where an entry can say that its model is not ready. Elsewhere
	// such models are left out, since whoever reads it takes them for usable.
	saysReady bool
	// takes says whether the program has a use for a model.
	takes func(*catalog.Model) bool
	// open, between and end are what stands before, between and behind the entries. The
	// end knows them, and whether there are more models than these.
	open, between string
	end           func(models []*catalog.Model, more bool) string
	// entry is one model, as it is sent.
	entry func(*catalog.Model) ([]byte, error)
}

const (
	contentTypeJSON = "application/json"
	// contentTypeYAML is that of RFC 9512.
	contentTypeYAML = "application/yaml"
)

// Forms are all there are, by name.
func Forms() []Form {
	return []Form{anthropic(), backstage(), librechat(), litellm(), ollama(), openCode(), openRouter()}
}

// Names are those of Forms, in their order.
func Names() []string {
	var names []string
	for _, f := range Forms() {
		names = append(names, f.Name)
	}
	return names
}

// Named is the form of a name.
func Named(name string) (Form, bool) {
	all := Forms()
	i := slices.IndexFunc(all, func(f Form) bool { return f.Name == name })
	if i < 0 {
		return Form{}, false
	}
	return all[i], true
}

// Has says whether a model is in this form. Of models that are not ready only those
// are whose caller has asked for them, where the form itself cannot say so.
func (f Form) Has(m *catalog.Model, unready bool) bool {
	return (m.Ready || unready || f.saysReady) && (f.takes == nil || f.takes(m))
}

// Write writes models that the form has, in their order; more is whether there are
// more than these. It fails where the writer does.
func (f Form) Write(w io.Writer, models []*catalog.Model, more bool) error {
	for i, m := range models {
		lead := f.between
		if i == 0 {
			lead = f.open
		}
		entry, err := f.entry(m)
		if err != nil {
			return fmt.Errorf("writing model %s as %s: %w", m.ID, f.Name, err)
		}
		if _, err := w.Write(append([]byte(lead), entry...)); err != nil {
			return fmt.Errorf("writing a list as %s: %w", f.Name, err)
		}
	}
	rest := f.end(models, more)
	if len(models) == 0 {
		rest = f.open + rest
	}
	if _, err := io.WriteString(w, rest); err != nil {
		return fmt.Errorf("writing a list as %s: %w", f.Name, err)
	}
	return nil
}

// ends is an end that is always the same.
func ends(with string) func([]*catalog.Model, bool) string {
	return func([]*catalog.Model, bool) string { return with }
}

// encoded is a value in JSON, escaped.
func encoded(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return escape(text, ""), nil
}
