package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

const (
	// maxValues bounds how many values a document has. What the YAML library
	// keeps of one is a hundred times as long as the two bytes that it takes to
	// write one. The largest CRDs that projects publish have fifty thousand.
	maxValues = 400_000
	// maxWritten bounds a document in bytes when its aliases are written out: one
	// of two bytes may stand for half of the file.
	maxWritten = 32 << 20
)

// StreamDocument is one document of a YAML stream, as text.
type StreamDocument struct {
	Text []byte
	// Line of the stream in which it begins, from 1.
	Line int
}

// Stream splits a YAML stream into documents without reading what is in them.
func Stream(content []byte) iter.Seq[StreamDocument] {
	return func(yield func(StreamDocument) bool) {
		start, at, first, line := 0, 0, 1, 1
		for text := range bytes.Lines(content) {
			if rest, ok := bytes.CutPrefix(text, []byte("---")); ok && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0]))) {
				if !yield(StreamDocument{content[start:at], first}) {
					return
				}
				start, first = at+len("---"), line
			}
			at, line = at+len(text), line+1
		}
		yield(StreamDocument{content[start:], first})
	}
}

// IsEmpty says whether there is nothing in it but comments.
func (d StreamDocument) IsEmpty() bool {
	for text := range bytes.Lines(d.Text) {
		if text = bytes.TrimSpace(text); len(text) > 0 && text[0] != '#' {
			return false
		}
	}
	return true
}

// JSON is the document in JSON, unless it has a key twice, or there is more in
// it than anybody writes. The lines of an error are those of the stream.
func (d StreamDocument) JSON() ([]byte, error) {
	if err := refuseCrowd(d.Text); err != nil {
		return nil, err
	}
	if err := refuseRepeated(d.Text); err != nil {
		return nil, d.asInStream(err)
	}
	encoded, err := yaml.YAMLToJSONStrict(d.Text)
	if err != nil {
		return nil, d.asInStream(err)
	}
	return encoded, nil
}

// Node is the document as it is written, anchors and all. Its lines, and that of
// the fault where it is no YAML, are those of the stream. How much there may be in
// it is for the caller to bound.
func (d StreamDocument) Node(file string) (*yamlv3.Node, Faults) {
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(d.Text, &root); err != nil {
		line, message := splitYAMLError(err)
		lines := strings.Split(strings.TrimRight(string(d.Text), "\n"), "\n")
		line = min(max(line, 1), len(lines))
		message = "not valid YAML: " + message + adviceOnLine(lines[line-1], message)
		return nil, Faults{{File: file, Line: line + d.Line - 1, Message: message, Rule: ruleYAML}}
	}
	if len(root.Content) == 0 {
		return &root, nil
	}
	if written(&root, map[*yamlv3.Node]int{}) > maxWritten {
		return nil, Faults{{File: file, Line: d.Line, Message: fmt.Sprintf(tooLong, maxWritten), Rule: ruleLimits}}
	}
	d.moveInto(root.Content[0])
	return root.Content[0], nil
}

// moveInto counts the lines of a node from the beginning of the stream.
func (d StreamDocument) moveInto(node *yamlv3.Node) {
	node.Line += d.Line - 1
	for _, child := range node.Content {
		d.moveInto(child)
	}
}

// yamlLine is where the YAML library puts a line number into its messages.
var yamlLine = regexp.MustCompile(`(?m)(yaml: |^ *)line (\d+): `)

// asInStream counts the lines of an error from the beginning of the stream.
func (d StreamDocument) asInStream(err error) error {
	return errors.New(yamlLine.ReplaceAllStringFunc(err.Error(), func(place string) string {
		match := yamlLine.FindStringSubmatch(place)
		line, convErr := strconv.Atoi(match[2])
		if convErr != nil {
			return place
		}
		return fmt.Sprintf("%sline %d: ", match[1], line+d.Line-1)
	}))
}

// refuseCrowd refuses a document of too many values before one is read. It
// counts what YAML writes beside each of them, which text may have as well.
func refuseCrowd(content []byte) error {
	count := bytes.Count(content, []byte("- ")) + bytes.Count(content, []byte("? "))
	for _, sign := range ",:[{" {
		count += bytes.Count(content, []byte(string(sign)))
	}
	if count > maxValues {
		return fmt.Errorf("there is too much in it: it may have %d values, and has some %d", maxValues, count)
	}
	return nil
}

// alias is one in YAML, or text that looks like it.
var alias = regexp.MustCompile(`(?m)(^|[\s\[{,:-])\*[^\s,\[\]{}*]`)

const tooLong = "with its aliases written out it has more than %d bytes: write out what is needed"

// refuseRepeated refuses a document whose aliases would make it too long. The
// library counts the values that they stand for, and not how long these are.
func refuseRepeated(content []byte) error {
	if bytes.IndexByte(content, '*') < 0 || !alias.Match(content) { // The first is quick, and says so of most.
		return nil
	}
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(content, &root); err != nil {
		return err
	}
	if written(&root, map[*yamlv3.Node]int{}) > maxWritten {
		return fmt.Errorf(tooLong, maxWritten)
	}
	return nil
}

// written is how long a node is with its aliases written out, up to a byte more
// than may be. An anchor stands before the aliases that name it.
func written(node *yamlv3.Node, anchored map[*yamlv3.Node]int) int {
	if node.Kind == yamlv3.AliasNode {
		return anchored[node.Alias]
	}
	size := 1 + len(node.Value)
	for _, child := range node.Content {
		size = min(size+written(child, anchored), maxWritten+1)
	}
	if node.Anchor != "" {
		anchored[node] = size
	}
	return size
}
