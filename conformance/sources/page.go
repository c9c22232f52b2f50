package sources

import (
	"fmt"
	"slices"
	"strings"
)

const introduction = `# Sources of the kinds

Where each kind has it from what its backend does is in its ` + "`sources.yaml`" + `, and shown on its page. Level L1 of the
suite fails a kind that names a condition, a reason, or a field or word of a status for which there is neither a source
nor a recorded object. This page is made of those files by ` + "`make generate`" + `.

## Read

| kind | projects | facts |
| --- | --- | --- |
`

// Section is what a kind's page says of its sources; empty where it has none.
func (f *File) Section() string {
	if f == nil {
		return ""
	}
	var read, open strings.Builder
	for _, fact := range f.Facts {
		if fact.Source != nil {
			fmt.Fprintf(&read, "| %s | %s |\n", cell(fact.Fact), cell(fact.Source.String()))
			continue
		}
		fmt.Fprintf(&open, "| %s | %s |\n", cell(fact.Fact), cell(fact.NotEstablished))
	}
	section := "## Sources\n\n"
	if read.Len() > 0 {
		section += "| fact | read in |\n| --- | --- |\n" + read.String() + "\n"
	}
	if open.Len() > 0 {
		section += "| not established | looked at |\n| --- | --- |\n" + open.String() + "\n"
	}
	return strings.TrimRight(section, "\n") + "\n"
}

// Overview is the page of all kinds, by name: which versions were read, and what
// is not established.
func Overview(names []string, files map[string]*File) string {
	var read, open strings.Builder
	for _, name := range names {
		var projects []string
		facts := files[name].facts()
		for _, fact := range facts {
			if fact.Source == nil {
				fmt.Fprintf(&open, "| %s | %s | %s |\n", name, cell(fact.Fact), cell(fact.NotEstablished))
				continue
			}
			if project := fact.Source.Project + " " + fact.Source.Version; fact.Source.Version != "" && !slices.Contains(projects, project) {
				projects = append(projects, project)
			}
		}
		fmt.Fprintf(&read, "| [%s](%s/README.md#sources) | %s | %d |\n", name, name, cell(strings.Join(projects, ", ")), len(facts))
	}
	return introduction + read.String() + "\n## Not established\n\n| kind | fact | looked at |\n| --- | --- | --- |\n" + open.String()
}

func (f *File) facts() []Fact {
	if f == nil {
		return nil
	}
	return f.Facts
}

// cell is text as a table takes it.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
