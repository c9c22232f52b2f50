package kind_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/schemas"
)

const referencePage = "../../kinds/REFERENCE.md"

// The reference page is made of the schema's own words and of the kind-specs
// that TestRows holds against objects.
func TestReferencePage(t *testing.T) {
	content, err := schemas.FS.ReadFile(schemas.KindSpec)
	if err != nil {
		t.Fatal(err)
	}
	root, err := parseOrdered(content)
	if err != nil {
		t.Fatal(err)
	}
	page := page{root: root}
	page.WriteString(referenceIntroduction)
	page.section("spec", root.get("properties").get("spec"))
	for done := map[string]bool{}; len(page.queue) > 0; page.queue = page.queue[1:] {
		if name := page.queue[0]; !done[name] {
			page.section(name, root.get("$defs").get(name))
			done[name] = true
		}
	}
	page.recipes(t)
	got := page.String()
	if *update {
		if err := os.WriteFile(referencePage, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what the schema says, run go test ./engine/kind -run TestReferencePage -update (-page +schema):\n%s", referencePage, diff)
	}
}

const referenceIntroduction = `# Reference of the kind-spec

A kind-spec says how to read one kind of model backend. This page is generated from
` + "`schemas/kindspec.schema.json`" + `; ` + "`maasctl lint`" + ` holds a file against it and says what to write instead.

The language has four parts, and everything is a combination of them:

* A **subject** says what is looked at: the referent or, with ` + "`of`" + `, a related object; with ` + "`each`" + ` the entries
  of a list in it; with ` + "`where`" + ` only some of them.
* A **predicate** is a fact about the subject: a condition, or what is at a path. Rules, candidates and places count when
  all their predicates hold. Absent values never match: absence and Unknown are never failures by themselves. There is no
  "not": the first rule that holds decides, so write the exception before the rule.
* A **place** is where a value is: at a path of the subject, in a template, or constant. A **value** is a name for an
  ordered list of places. Endpoint candidates are places too.
* **Related** objects are found by names or labels that are templates of values.

Paths are [RFC 9535](https://www.rfc-editor.org/rfc/rfc9535) JSONPath. A value is never put into a path: it is compared
inside ` + "`where`" + `. What a backend does not have is declared with the reason: ` + "`noReferent`" + `, ` + "`noEndpoint`" + `,
` + "`noFailure`" + `.

A file begins with ` + "`apiVersion: maas.opendatahub.io/v1alpha1`" + `, ` + "`kind: ModelKind`" + ` and
` + "`metadata: {name: NAME}`" + `, where NAME is the name of its folder and what ` + "`modelRef.kind`" + ` says. A name with
capital letters is written in ` + "`spec.name`" + `, and in lower case in ` + "`metadata.name`" + `: the file is then a manifest as well.
` + "`kubectl apply -f kind.yaml`" + ` adds the kind to a running system as a resource ` + "`ModelKind`" + `, and
` + "`kubectl get modelkinds`" + ` shows whether it is accepted, served and permitted. A resource replaces the kind of the same
name from a file, and a later ` + "`--kinds-dir`" + ` that of an earlier one or a built-in one.
`

// page writes Markdown and remembers which definitions it has to explain.
type page struct {
	strings.Builder
	root  ordered
	queue []string
}

func (p *page) writef(format string, args ...any) {
	fmt.Fprintf(&p.Builder, format, args...)
}

func (p *page) section(name string, schema ordered) {
	p.writef("\n## %s\n\n", name)
	if description := p.description(schema); description != "" {
		p.writef("%s\n\n", description)
	}
	p.WriteString("| field | type | meaning |\n| --- | --- | --- |\n")
	var required []string
	_ = json.Unmarshal(schema.get("required").raw, &required)
	for _, field := range schema.get("properties").fields() {
		property := schema.get("properties").get(field)
		meaning := p.description(property)
		if slices.Contains(required, field) {
			meaning = "**Required.** " + meaning
		}
		if fallback := p.resolve(property, "default"); fallback != "" {
			meaning += " Default: `" + fallback + "`."
		}
		p.writef("| `%s` | %s | %s |\n", field, p.typeOf(property), strings.ReplaceAll(meaning, "|", `\|`))
	}
}

// typeOf names a property's type, and links what has a section of its own.
func (p *page) typeOf(schema ordered) string {
	if name, ok := strings.CutPrefix(schema.text("$ref"), "#/$defs/"); ok {
		definition := p.root.get("$defs").get(name)
		if definition.get("properties").raw == nil || definition.get("type").raw[0] == '[' {
			return p.typeOf(definition)
		}
		p.queue = append(p.queue, name)
		return fmt.Sprintf("[%s](#%s)", name, name)
	}
	var words []string
	if json.Unmarshal(schema.get("enum").raw, &words) == nil {
		return "`" + strings.Join(words, "`, `") + "`"
	}
	if json.Unmarshal(schema.get("type").raw, &words) != nil {
		words = []string{schema.text("type")}
	}
	for i, word := range words {
		switch {
		case word == "array":
			words[i] = "list of " + p.typeOf(schema.get("items"))
		case word == "object" && schema.get("additionalProperties").raw != nil && schema.get("properties").raw == nil:
			words[i] = "map to " + p.typeOf(schema.get("additionalProperties"))
		case word == "object" && schema.get("required").raw != nil && len(words) > 1:
			words[i] = "`{value: NAME}`"
		case word == "object":
			words[i] = "`{" + strings.Join(schema.get("properties").fields(), ", ") + "}`"
		}
	}
	return strings.Join(words, ", ")
}

func (p *page) description(schema ordered) string {
	text := p.resolve(schema, "description")
	var said string
	_ = json.Unmarshal([]byte(text), &said)
	return said
}

// resolve gives a keyword of the schema, or of the definition it refers to.
func (p *page) resolve(schema ordered, keyword string) string {
	if raw := schema.get(keyword).raw; raw != nil {
		return string(raw)
	}
	if name, ok := strings.CutPrefix(schema.text("$ref"), "#/$defs/"); ok {
		return p.resolve(p.root.get("$defs").get(name), keyword)
	}
	return ""
}

func (p *page) recipes(t *testing.T) {
	t.Helper()
	p.WriteString("\n## Recipes\n\nEach of these is held against objects by the tests of the language (`engine/kind/testdata/rows`).\n")
	folders, err := filepath.Glob("testdata/rows/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		content, err := os.ReadFile(filepath.Join(folder, "kind.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		_, spec, _ := strings.Cut(string(content), "spec:\n  description: ")
		title, spec, _ := strings.Cut(spec, "\n")
		p.writef("\n### %s\n\n```yaml\n%s```\n", strings.ToUpper(title[:1])+title[1:], strings.ReplaceAll("\n"+spec, "\n  ", "\n")[1:])
	}
}

// ordered is JSON whose objects keep the order of their members.
type ordered struct {
	raw     json.RawMessage
	members []member
}

type member struct {
	name  string
	value ordered
}

func parseOrdered(raw json.RawMessage) (ordered, error) {
	o := ordered{raw: raw}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') {
		return o, err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return o, err
		}
		var content json.RawMessage
		if err := decoder.Decode(&content); err != nil && !errors.Is(err, io.EOF) {
			return o, err
		}
		value, err := parseOrdered(content)
		if err != nil {
			return o, err
		}
		o.members = append(o.members, member{fmt.Sprint(name), value})
	}
	return o, nil
}

func (o ordered) get(name string) ordered {
	for _, m := range o.members {
		if m.name == name {
			return m.value
		}
	}
	return ordered{}
}

func (o ordered) text(name string) string {
	var text string
	_ = json.Unmarshal(o.get(name).raw, &text)
	return text
}

func (o ordered) fields() []string {
	names := make([]string, len(o.members))
	for i, m := range o.members {
		names[i] = m.name
	}
	return names
}
