package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is one YAML document as data, with the line of every field and what is
// wrong with it. Duplicate keys, anchors and merge keys are faults: everything is
// said where it is read.
type Document struct {
	Positions
	// value has the shape encoding/json gives.
	value  any
	faults Faults
	// faulty has the JSON Pointer of each of the faults.
	faulty []string
	// explained has the pointers of values whose absence another fault explains.
	explained []string
	// rule is what the document is being held to.
	rule string
	// partial: values that have faults are left out.
	partial bool
	// givenUp: there is too much in it, or too much wrong with it.
	givenUp bool
	// depth and named measure it while it is converted: how deep the node is,
	// and how many bytes the pointers to all nodes have.
	depth, named int
}

// Bounds on one document, far beyond what anybody writes.
const (
	maxNesting = 100
	// maxNamed in bytes: a long name is in the pointer of everything inside it.
	maxNamed = 16 << 20
	// costOfLine is what a line costs beside its pointer, in bytes.
	costOfLine = 64
	maxFaults  = 100
	// maxParserMessage bounds what the YAML library says, in bytes.
	maxParserMessage = 1024
	// maxFieldPath bounds how much of a field's path a fault quotes, in bytes.
	maxFieldPath = 300
)

func newDocument(file string) *Document {
	return &Document{Positions: Positions{File: file, lines: map[string]int{}}, rule: ruleYAML}
}

// Parse reads exactly one YAML document.
func Parse(file string, content []byte) *Document {
	d := newDocument(file)
	if err := refuseCrowd(content); err != nil {
		d.giveUp(1, err.Error())
		return d
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		d.fault(0, "", "the file is empty")
		return d
	case err != nil:
		lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
		line, message := splitYAMLError(err)
		line = min(max(line, 1), len(lines))
		if tabbed(message) && line < len(lines) && !tabbed(lines[line-1]) && tabbed(lines[line]) {
			line++ // The library names the line before the tab where a text ends there.
		}
		d.fault(line, "", "not valid YAML: "+message+adviceOnLine(lines[line-1], message))
		return d
	}
	var next yaml.Node
	if err := decoder.Decode(&next); !errors.Is(err, io.EOF) {
		d.fault(next.Line, "", "more than one YAML document, write one a file")
		return d
	}
	d.value = d.convert(root.Content[0], "")
	return d
}

// The YAML library gives a line only inside its message.
var yamlErrorLine = regexp.MustCompile(`^yaml: line (\d+): `)

func splitYAMLError(err error) (int, string) {
	message := Shorten(err.Error(), maxParserMessage)
	match := yamlErrorLine.FindStringSubmatch(message)
	if match == nil {
		return 0, strings.TrimPrefix(message, "yaml: ")
	}
	line, convErr := strconv.Atoi(match[1])
	if convErr != nil {
		return 0, message
	}
	message = message[len(match[0]):]
	if parserError.MatchString(message) {
		line++
	}
	return line, message
}

// parserError is what the library's parser says: it counts lines from 0, where
// the library's scanner counts from 1.
var parserError = regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key|',' or )`)

// pathInBraces is a path without quotes inside { } or [ ], where YAML gives
// brackets and stars a meaning of their own.
var pathInBraces = regexp.MustCompile(`[{\[,].*:\s*\$[^"',}]*[\[*]`)

// tabbed says that there is a tab, or that a message tells of one.
func tabbed(text string) bool {
	return strings.Contains(text, "\t") || strings.Contains(text, "tab character")
}

// adviceOnLine says what to write where the library only says what it expected.
func adviceOnLine(line, message string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return ": there is a tab in the indentation, and YAML is indented with spaces: write spaces in its place"
	case strings.Contains(message, "unknown escape character"):
		return `: write single quotes around a text that has a backslash, for example '--port[ =](\d+)'`
	case pathInBraces.MatchString(Shorten(line, maxQuoted)):
		return `: put quotes around a path that stands inside { }, for example {path: "$.status.addresses[0].url"}`
	case strings.Contains(message, "mapping values are not allowed"):
		return `: indent the line as the fields beside it, and put quotes around a text that has ": " in it`
	}
	return ""
}

func (d *Document) fault(line int, pointer, message string) {
	d.add(pointer, Fault{File: d.File, Line: max(line, 1), Field: fieldPath(pointer), Message: message, Rule: d.rule})
}

// FaultAt reports a fault at a JSON Pointer, or at the nearest parent that has a line.
func (d *Document) FaultAt(pointer, format string, args ...any) {
	d.FaultOf(d.rule, pointer, format, args...)
}

// FaultOf is faultAt for a rule of its own.
func (d *Document) FaultOf(rule, pointer, format string, args ...any) {
	fault := d.At(pointer)
	fault.Message, fault.Rule = fmt.Sprintf(format, args...), rule
	d.add(pointer, fault)
}

// Missing reports that a field is not there, unless another fault says why.
func (d *Document) Missing(pointer, advice string, args ...any) {
	if !slices.Contains(d.explained, pointer) {
		d.FaultAt(pointer, "required field is missing: "+advice, args...)
	}
}

func (d *Document) add(pointer string, fault Fault) {
	switch {
	case d.givenUp:
		return
	case len(d.faults) == maxFaults:
		d.giveUp(fault.Line, fmt.Sprintf("there are more than %d faults, mend these first", maxFaults))
		return
	}
	d.faults, d.faulty = append(d.faults, fault), append(d.faulty, pointer)
}

// giveUp says what the document as a whole has too much of. Nothing more is
// looked at.
func (d *Document) giveUp(line int, message string) {
	if d.givenUp {
		return
	}
	d.givenUp = true
	d.faults, d.faulty = append(d.faults, Fault{File: d.File, Line: line, Message: message, Rule: ruleLimits}), append(d.faulty, "")
}

func (d *Document) convert(node *yaml.Node, pointer string) any {
	d.depth++
	defer func() { d.depth-- }()
	d.named += len(pointer) + costOfLine
	switch {
	case d.depth > maxNesting:
		d.giveUp(node.Line, fmt.Sprintf("nested more than %d deep", maxNesting))
	case d.named > maxNamed:
		d.giveUp(node.Line, fmt.Sprintf("there is too much in it: with their names, its fields have more than %d bytes", maxNamed))
	}
	if d.givenUp {
		return nil
	}
	if _, known := d.lines[pointer]; !known {
		d.lines[pointer] = node.Line
	}
	if node.Anchor != "" {
		d.fault(node.Line, pointer, "anchors are not supported, write the value out where it is used")
	}
	switch node.Kind {
	case yaml.MappingNode:
		return d.convertMapping(node, pointer)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = d.convert(item, pointer+"/"+strconv.Itoa(i))
		}
		return list
	case yaml.ScalarNode:
		return d.convertScalar(node, pointer)
	default:
		d.fault(node.Line, pointer, "aliases are not supported, write the value out")
		return nil
	}
}

func (d *Document) convertMapping(node *yaml.Node, pointer string) any {
	object := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		child := pointer + "/" + EscapePointer(key.Value)
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			d.fault(key.Line, pointer, "keys must be plain words")
			continue
		}
		if _, duplicate := object[key.Value]; duplicate {
			d.fault(key.Line, child, fmt.Sprintf("duplicate key, first written in line %d", d.lines[child]))
			continue
		}
		d.lines[child] = key.Line
		object[key.Value] = d.convert(value, child)
	}
	return object
}

func (d *Document) convertScalar(node *yaml.Node, pointer string) any {
	switch node.ShortTag() {
	case "!!null", "!!bool", "!!float", "!!int":
		var value any
		if err := node.Decode(&value); err != nil {
			d.fault(node.Line, pointer, "unreadable value: "+err.Error())
			return nil
		}
		if n, ok := value.(float64); ok && (math.IsInf(n, 0) || math.IsNaN(n)) {
			d.fault(node.Line, pointer, fmt.Sprintf("%s is not a finite number", node.Value))
			return nil
		}
		return jsonNumber(value)
	case "!!str", "!!timestamp":
		return node.Value
	default:
		d.fault(node.Line, pointer, fmt.Sprintf("the YAML tag %s is not supported", node.ShortTag()))
		return nil
	}
}

func jsonNumber(value any) any {
	switch n := value.(type) {
	case int:
		return float64(n)
	case int64:
		return float64(n)
	case uint64:
		return float64(n)
	default:
		return value
	}
}
