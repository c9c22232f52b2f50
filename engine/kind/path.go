package kind

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/theory/jsonpath"
)

// jsonPath is a compiled RFC 9535 JSONPath.
type jsonPath struct {
	text     string
	compiled *jsonpath.Path
}

// compilePath refuses kubectl's dialect with the corrected text.
func compilePath(text string) (*jsonPath, error) {
	compiled, err := jsonpath.Parse(text)
	if err == nil {
		return &jsonPath{text: text, compiled: compiled}, nil
	}
	if corrected := fromKubectl(text); corrected != text {
		if _, again := jsonpath.Parse(corrected); again == nil {
			return nil, fmt.Errorf("%q is not an RFC 9535 path, write %s", text, corrected)
		}
	}
	return nil, fmt.Errorf("%q is not an RFC 9535 path such as $.status.url: %s", text,
		strings.TrimPrefix(err.Error(), "jsonpath: "))
}

var errManyValues = errors.New("may select several values, and one is needed: write an index such as [0] instead of a filter, slice or wildcard")

// compileSingular accepts only paths that select at most one value.
func compileSingular(text string) (*jsonPath, error) {
	p, err := compilePath(text)
	if err != nil {
		return nil, err
	}
	if p.compiled.Query().Singular() == nil {
		return nil, fmt.Errorf("%q %w", text, errManyValues)
	}
	return p, nil
}

// values are the nodes that the path selects, in document order.
func (p *jsonPath) values(object map[string]any) []any {
	return p.compiled.Select(object)
}

// value is the one node that a singular path selects.
func (p *jsonPath) value(object map[string]any) (any, bool) {
	nodes := p.compiled.Select(object)
	if len(nodes) == 0 {
		return nil, false
	}
	return nodes[0], true
}

// memberName is a member name in dot notation, with kubectl's escaped dots and
// with characters that RFC 9535 wants quoted; or a quoted string, to be left alone.
var memberName = regexp.MustCompile(`"[^"]*"|'[^']*'|\.((?:[A-Za-z0-9_/-]|\\\.)+)`)

// fromKubectl rewrites {.status.url}, .status.url and status.url as $.status.url.
func fromKubectl(text string) string {
	t := strings.TrimSpace(text)
	if strings.HasPrefix(t, "{") && strings.HasSuffix(t, "}") {
		t = strings.TrimSpace(t[1 : len(t)-1])
	}
	switch {
	case strings.HasPrefix(t, "$"):
	case strings.HasPrefix(t, ".") || strings.HasPrefix(t, "["):
		t = "$" + t
	default:
		t = "$." + t
	}
	return memberName.ReplaceAllStringFunc(t, func(name string) string {
		if name[0] != '.' || !strings.ContainsAny(name, `\/-`) {
			return name
		}
		return `["` + strings.ReplaceAll(name[1:], `\.`, ".") + `"]`
	})
}
