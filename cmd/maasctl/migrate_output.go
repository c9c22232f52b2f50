package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/migrate"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// manifest is a MaaSModel as its author writes it: without a status.
type manifest struct {
	APIVersion string                 `json:"apiVersion"`
	Kind       string                 `json:"kind"`
	Metadata   manifestMetadata       `json:"metadata"`
	Spec       v1alpha1.MaaSModelSpec `json:"spec"`
}

type manifestMetadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

func manifestOf(model migrate.Model) manifest {
	meta := model.ObjectMeta
	return manifest{model.APIVersion, model.Kind, manifestMetadata{meta.Name, meta.Namespace, meta.Labels, meta.Annotations}, model.Spec}
}

// manifestList is a List, as kubectl takes it, with the notes beside its items.
type manifestList struct {
	metav1.TypeMeta `json:",inline"`
	Items           []manifest     `json:"items"`
	Notes           []migrate.Note `json:"notes"`
}

func writeMigration(m migrate.Migration, format string, std ioStreams) error {
	var err error
	switch {
	case format == "json":
		err = writeList(std.out, m)
	case len(m.Models) > 0:
		err = writeManifests(std.out, m)
	}
	if err != nil {
		return fmt.Errorf("writing the MaaSModels: %w", err)
	}
	summarize(std.err, m)
	switch {
	case m.Faults() > 0:
		return errReported
	case m.References == 0 && len(m.Models) == 0:
		return errNothing
	}
	return nil
}

func writeList(out io.Writer, m migrate.Migration) error {
	list := manifestList{metav1.TypeMeta{APIVersion: "v1", Kind: "List"}, []manifest{}, append([]migrate.Note{}, m.Notes...)}
	for _, model := range m.Models {
		list.Items = append(list.Items, manifestOf(model))
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(list)
}

// writeManifests writes a YAML document for each model, below what is to be known
// of it, and at the end what is about no model.
func writeManifests(out io.Writer, m migrate.Migration) error {
	for i, model := range m.Models {
		content, err := syntax.YAML(manifestOf(model))
		if err != nil {
			return err
		}
		var b strings.Builder
		if i > 0 {
			b.WriteString("---\n")
		}
		fmt.Fprintf(&b, "# from %s at %s\n", printable(model.From.String()), printable(placeOf(model)))
		for _, note := range model.Notes {
			fmt.Fprintf(&b, "# %s\n", printable(inComment(model, note)))
		}
		if _, err := out.Write(append([]byte(b.String()), content...)); err != nil {
			return err
		}
	}
	return writeRest(out, m)
}

func placeOf(model migrate.Model) string {
	return migrate.Note{File: model.From.File, Line: model.From.Line}.Place()
}

// inComment leaves out what the line above says already.
func inComment(model migrate.Model, note migrate.Note) string {
	text := note.Message
	if note.Field != "" {
		text = note.Field + ": " + text
	}
	if note.Object != model.From.String() {
		text = note.Object + " at " + note.Place() + " " + text
	}
	return note.Rule + ": " + text
}

func writeRest(out io.Writer, m migrate.Migration) error {
	var b strings.Builder
	for _, group := range grouped(m.Notes) {
		if group.first.Model == "" {
			fmt.Fprintf(&b, "# %s\n", printable(group.String()))
		}
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(out, "\n# about no MaaSModel above:\n"+b.String())
	return err
}

// noteGroup are notes that say the same of several objects.
type noteGroup struct {
	first migrate.Note
	more  int
}

func (g noteGroup) String() string {
	text := g.first.String()
	if g.more > 0 {
		text += fmt.Sprintf(" (and of %d more)", g.more)
	}
	return text
}

// grouped puts faults first, and notes that say the same together. No fault is put
// with another: each has to be mended.
func grouped(notes []migrate.Note) []noteGroup {
	var groups []noteGroup
	index := map[string]int{}
	for _, n := range notes {
		key := n.Rule + "\x00" + n.Field + "\x00" + n.Message
		if at, there := index[key]; there && !n.Fault && (n.Model == "") == (groups[at].first.Model == "") {
			groups[at].more++
			continue
		}
		index[key] = len(groups)
		groups = append(groups, noteGroup{first: n})
	}
	slices.SortStableFunc(groups, func(a, b noteGroup) int { return cmp.Compare(rank(a.first), rank(b.first)) })
	return groups
}

func rank(n migrate.Note) int {
	if n.Fault {
		return 0
	}
	return 1
}

// mostOfRule bounds what a terminal is told of one rule; the output has all of it.
const mostOfRule = 10

// summarize tells every fault, and the first notes of each rule.
func summarize(out io.Writer, m migrate.Migration) {
	told, more := map[string]int{}, map[string]int{}
	var rules []string
	for _, group := range grouped(m.Notes) {
		rule := group.first.Rule
		switch {
		case group.first.Fault:
			fmt.Fprintf(out, "fault: %s\n", printable(group.String()))
		case told[rule] < mostOfRule:
			told[rule]++
			fmt.Fprintf(out, "note: %s\n", printable(group.String()))
		default:
			if more[rule] == 0 {
				rules = append(rules, rule)
			}
			more[rule] += 1 + group.more
		}
	}
	for _, rule := range rules {
		fmt.Fprintf(out, "note: … and %d more of the rule %s, in the output\n", more[rule], rule)
	}
	fmt.Fprintf(out, "%s of %s, %s, %s; nothing was changed\n", count(len(m.Models), "MaaSModel"), count(m.References, "MaaSModelRef"),
		count(m.Faults(), "fault"), count(len(m.Notes)-m.Faults(), "note"))
}
