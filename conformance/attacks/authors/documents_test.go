package authors_test

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// door is one way in which a document gets into maasctl.
type door struct {
	name, file string
	command    []string
	writes     []string
}

func doors() []door {
	return []door{
		{"kind", kindFile, lint(), nil},
		{"case", caseFile, prove(), nil},
		{"pin", pinFile, []string{"rbac", "kinds/Widget"}, nil},
		{"object", objectFile, explain(), nil},
		{"crd", crdFile, pin(), []string{pinFile}},
	}
}

// The command lines that most rows use.
func lint() []string    { return []string{"lint", "kinds"} }
func prove() []string   { return []string{"test", "kinds"} }
func explain() []string { return []string{"explain", "--kinds-dir", "kinds", "-f", objectFile} }
func pin() []string {
	return []string{"pin", "--upstream", "example/widgets@v1", "--crd", crdFile, "kinds/Widget"}
}

// payload is a document, made of a harmless one.
type payload struct {
	name string
	make func(harmless string) string
	// refused says at which doors.
	refused string
	notices []fault
	long    bool
}

// behind puts lines behind the harmless document.
func behind(text ...string) func(string) string {
	return func(harmless string) string { return harmless + strings.Join(text, "") + "\n" }
}

const (
	everywhere = "kind case pin object crd"
	// deepest is how deep a document may be nested to find who counts by his stack.
	deepest = 200_000
)

func documents() []attack {
	var all []attack
	for _, p := range payloads() {
		for _, d := range doors() {
			a := attack{
				name: "documents/" + d.name + "/" + p.name, why: "one file ends or starves every run that reads it",
				author:  func(s *scene) { s.write(d.file, p.make(s.read(d.file))) },
				command: d.command, writes: d.writes, long: p.long, notices: p.notices,
			}
			if slices.Contains(strings.Fields(p.refused), d.name) {
				a.exit, a.says, a.notices = 1, []string{d.file}, append([]fault{panics, keepsSilent}, p.notices...)
			}
			all = append(all, a)
		}
	}
	return all
}

func payloads() []payload {
	return slices.Concat(bombs(), nested(), encodings(), values())
}

func bombs() []payload {
	return []payload{
		{name: "aliases that multiply", make: behind("x0: &x0 [x, x]\n", tenfold(9)), refused: everywhere, notices: []fault{expandsAll}},
		{name: "a long text, many aliases", make: behind("x: &x \"", strings.Repeat("x", 200_000), "\"\ny: [", strings.Repeat("*x, ", 100_000), "*x]"),
			refused: everywhere, notices: []fault{expandsAll}},
		{name: "merge keys", make: behind("x: &x {a: 1}\ny: {<<: *x}"), refused: "kind case pin"},
		{name: "a million documents", make: behind(strings.Repeat("---\n", 1_000_000)), refused: "kind pin", long: true},
		{name: "many documents", make: behind(strings.Repeat("---\n", 100_000)), refused: "kind pin", notices: []fault{padsDocuments}},
		{name: "many documents with something in them", make: behind(strings.Repeat("---\n{}\n", 50_000)), refused: "kind case pin object"},
		{name: "many values", make: behind("x: [", strings.Repeat("1,", 380_000), "1]"), refused: "kind case pin"},
		{name: "as many values as fit", make: behind("x: [", strings.Repeat("1,", 2_000_000), "1]"), refused: everywhere},
		{name: "as many lists as fit", make: behind("x: [", strings.Repeat("[],", 1_300_000), "1]"), refused: everywhere},
		{name: "many keys", make: behind("x: {", manyKeys(50_000), "}"), refused: "kind case pin"},
		{name: "a long key with much in it", make: behind(strings.Repeat("k", 1000), ": [", strings.Repeat("1,", 300_000), "1]"), refused: "kind case pin"},
		{name: "a key of a megabyte", make: behind("? ", strings.Repeat("k", 1<<20-8192), "\n: 1"), refused: "kind case pin"},
		{name: "a text of a megabyte", make: behind("x: ", strings.Repeat("k", 1<<20-8192)), refused: "kind case pin"},
		{name: "a text of 20 MB", make: behind("x: ", strings.Repeat("k", 20<<20)), refused: everywhere, notices: []fault{readsAll}},
		{name: "a line of spaces", make: behind("# ", strings.Repeat(" ", 1<<19)), refused: ""},
		{name: "anchors that nobody names", make: behind("x: [", anchors(50_000), "1]"), refused: "kind case pin"},
		{name: "question marks", make: behind("x: ", strings.Repeat("? ", 200_000)), refused: everywhere},
		{name: "a text that does not end", make: behind("x: \"", strings.Repeat("k", 1<<19)), refused: everywhere},
	}
}

func nested() []payload {
	return []payload{
		{name: "nested lists", make: behind("x: ", strings.Repeat("[", deepest), strings.Repeat("]", deepest)), refused: everywhere},
		{name: "nested lists that do not end", make: behind("x: ", strings.Repeat("[", deepest)), refused: everywhere},
		{name: "nested fields", make: behind("x: ", strings.Repeat("{a: ", deepest), "1", strings.Repeat("}", deepest)), refused: everywhere},
		{name: "nested dashes", make: behind("x:\n  ", strings.Repeat("- ", deepest), "1"), refused: everywhere},
		{name: "nested blocks", make: behind("x:\n", stairs(900)), refused: "kind case pin"},
		{name: "nested to the limit of the library", make: behind("x: ", strings.Repeat("[", 9_000), strings.Repeat("]", 9_000)), refused: "kind case pin"},
	}
}

func encodings() []payload {
	return []payload{
		{name: "a mark of byte order", make: func(harmless string) string { return "\ufeff" + harmless }},
		{name: "UTF-16", make: func(harmless string) string { return inUTF16(harmless) }, refused: "crd"},
		{name: "carriage returns", make: func(harmless string) string { return strings.ReplaceAll(harmless, "\n", "\r\n") }},
		{name: "no UTF-8", make: behind("x: \xff\xfe\x9b2J"), refused: everywhere, notices: []fault{printsRaw}},
		{name: "a zero byte", make: behind("x: \x00"), refused: everywhere, notices: []fault{printsRaw}},
		{name: "escapes", make: behind("x: \x1b[2J\x1b]0;owned\x07"), refused: everywhere, notices: []fault{printsRaw}},
		{name: "a version of YAML that is none", make: func(harmless string) string { return "%YAML 9.9\n---\n" + harmless }, refused: "kind case pin object"},
		{name: "nothing", make: func(string) string { return "" }, refused: everywhere},
		{name: "random bytes", make: func(string) string { return "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xde\xad" }, refused: everywhere, notices: []fault{printsRaw}},
	}
}

func values() []payload {
	return []payload{
		{name: "a tag that makes objects elsewhere", make: behind("x: !!python/object/apply:os.system [id]"), refused: "kind case pin"},
		{name: "binary", make: behind("x: !!binary G1syShs="), refused: "kind case pin"},
		{name: "a key twice", make: behind("x: 1\nx: 2"), refused: everywhere},
		{name: "a number beyond all", make: behind("x: 1e999999"), refused: "kind case pin"},
		{name: "infinity", make: behind("x: .inf"), refused: everywhere},
		{name: "no number", make: behind("x: .nan"), refused: everywhere},
		{name: "a long number", make: behind("x: ", strings.Repeat("9", 100_000)), refused: "kind case pin"},
		{name: "a day", make: behind("x: 2001-01-01"), refused: "kind case pin"},
		{name: "octal", make: behind("x: 0777\ny: 0o777\nz: 1_000\nw: 190:20:30"), refused: "kind case pin"},
		{name: "keys that are no words", make: behind("? [a, b]\n: 1\n? {a: b}\n: 2"), refused: everywhere},
		{name: "a list in the place of all", make: func(string) string { return "[1, 2]\n" }, refused: everywhere},
		{name: "a word in the place of all", make: func(string) string { return "word\n" }, refused: everywhere},
	}
}

// tenfold are values, each of which is ten of the one before it.
func tenfold(length int) string {
	var b strings.Builder
	for i := range length {
		fmt.Fprintf(&b, "x%d: &x%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i), 10), ","))
	}
	return b.String()
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: 1,", i)
	}
	return b.String()
}

func anchors(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "&a%d 1,", i)
	}
	return b.String()
}

// stairs are fields, each a step further in.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}

func inUTF16(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}
