package kind

import (
	"fmt"
	"strings"
)

// candidate is one place where the endpoint may be.
type candidate struct {
	path *jsonPath
	when []predicate
}

// resolveEndpoint takes the override if there is one, else the first valid URL
// of the candidates. Every candidate up to the one that wins is tried.
func (k *Kind) resolveEndpoint(override string, object map[string]any, rules EndpointRules, t *trace) Endpoint {
	if override != "" {
		return overridden(override, rules, t)
	}
	var refused []string
	for i, c := range k.endpoint {
		name := fmt.Sprintf("endpoint[%d]", i)
		held, _ := allOf(c.when, object, func(j int, s Step) {
			t.add("endpoint", fmt.Sprintf("%s.when[%d]", name, j), s)
		})
		if !held {
			continue
		}
		url, note := c.try(name, object, rules, t)
		if url != "" {
			return Endpoint{URL: url, Source: EndpointFromCandidate, Message: fmt.Sprintf("%s, %s", name, c.path.text)}
		}
		if note != "" {
			refused = append(refused, fmt.Sprintf("%s, %s: %s", name, c.path.text, note))
		}
	}
	if len(refused) > 0 {
		return Endpoint{Invalid: true, Message: shorten(strings.Join(refused, "; "), maxMessage)}
	}
	tried := make([]string, len(k.endpoint))
	for i, c := range k.endpoint {
		tried[i] = c.path.text
	}
	return Endpoint{Message: "no endpoint published yet; looked at " + strings.Join(tried, ", ")}
}

func overridden(override string, rules EndpointRules, t *trace) Endpoint {
	step := Step{Path: "spec.endpointOverride", Found: override}
	e := Endpoint{Source: EndpointFromOverride}
	if _, err := rules.Parse(override); err != nil {
		e.Invalid = true
		e.Message = "spec.endpointOverride is " + err.Error()
		step.Found, step.Note = nil, err.Error()
	} else {
		e.URL, e.Message, step.Matched = override, "spec.endpointOverride", true
	}
	t.add("endpoint", "endpointOverride", step)
	return e
}

// try gives the first valid URL at the candidate's path, or a note on the
// first value that was refused. A refused value may hold credentials and is
// never repeated.
func (c candidate) try(name string, object map[string]any, rules EndpointRules, t *trace) (url, note string) {
	for _, value := range c.path.values(object) {
		if value == nil || value == "" {
			continue
		}
		step := Step{Path: c.path.text}
		text, ok := value.(string)
		if !ok {
			step.Found, step.Note = value, wrongType(value, "string")
		} else if _, err := rules.Parse(text); err != nil {
			step.Note = err.Error()
		} else {
			step.Found, step.Matched = text, true
		}
		t.add("endpoint", name, step)
		if step.Matched {
			return text, ""
		}
		if note == "" {
			note = step.Note
		}
	}
	if note == "" {
		t.add("endpoint", name, Step{Path: c.path.text})
	}
	return "", note
}
