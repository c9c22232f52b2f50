package kind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
)

// candidate is one place where the endpoint may be, and how to complete it.
type candidate struct {
	place
	scheme      string
	port        int
	preferHTTPS bool
}

// resolveEndpoint takes the override if there is one, else the first valid URL
// of the candidates. Every candidate up to the one that wins is tried.
func (k *Kind) resolveEndpoint(override string, v *view, rules endpoint.Rules) Endpoint {
	if override != "" {
		return overridden(override, rules, &v.trace)
	}
	if k.noEndpoint != "" {
		v.trace.add("endpoint", "noEndpoint", Step{Note: k.noEndpoint})
		return Endpoint{None: true, Message: k.noEndpoint}
	}
	var refused, missing []string
	for i, c := range k.endpoint {
		name := fmt.Sprintf("endpoint[%d]", i)
		if !c.counts(v, "endpoint", name) {
			continue
		}
		url, invalid, note := c.try(name, v, rules)
		switch {
		case url != "":
			return Endpoint{URL: url, Source: EndpointFromCandidate, Rule: name, Message: fmt.Sprintf("%s, %s", name, c.text)}
		case invalid:
			refused = append(refused, fmt.Sprintf("%s, %s: %s", name, c.text, note))
		case note != "":
			missing = append(missing, note)
		}
	}
	if len(refused) > 0 {
		return Endpoint{Invalid: true, Message: shorten(strings.Join(refused, "; "), maxMessage)}
	}
	tried := make([]string, len(k.endpoint))
	for i, c := range k.endpoint {
		tried[i] = c.text
	}
	message := "no endpoint published yet; looked at " + strings.Join(tried, ", ")
	if len(missing) > 0 {
		message += ": " + strings.Join(slices.Compact(missing), "; ")
	}
	return Endpoint{Message: shorten(message, maxMessage)}
}

// overrideRule is what a trace calls the override.
const overrideRule = "endpointOverride"

func overridden(override string, rules endpoint.Rules, t *trace) Endpoint {
	step := Step{Path: "spec.endpointOverride", Found: override}
	e := Endpoint{Source: EndpointFromOverride}
	if _, err := rules.Parse(override); err != nil {
		e.Invalid = true
		e.Message = "spec.endpointOverride is " + err.Error()
		step.Found, step.Note = nil, err.Error()
	} else {
		e.URL, e.Rule, e.Message, step.Matched = override, overrideRule, "spec.endpointOverride", true
	}
	t.add("endpoint", overrideRule, step)
	return e
}

// try gives the first valid URL of the candidate, or a note on the first value
// that was refused, or on why there is none. A refused value may hold
// credentials and is never repeated.
func (c candidate) try(name string, v *view, rules endpoint.Rules) (url string, invalid bool, note string) {
	found, note := c.read(v, fitURL)
	for i, value := range found {
		if text, ok := value.(string); ok {
			found[i] = complete(text, c.scheme, c.port)
		}
	}
	if c.preferHTTPS {
		slices.SortStableFunc(found, func(a, b any) int { return insecure(a) - insecure(b) })
	}
	for _, value := range found {
		step := Step{Path: c.text}
		text, ok := value.(string)
		if !ok {
			step.Found, step.Note = value, wrongType(value, "string")
		} else if _, err := rules.Parse(text); err != nil {
			step.Note = err.Error()
		} else {
			step.Found, step.Matched = text, true
		}
		v.trace.add("endpoint", name, step)
		if step.Matched {
			return text, false, ""
		}
		if !invalid {
			invalid, note = true, step.Note
		}
	}
	if len(found) == 0 {
		v.trace.add("endpoint", name, Step{Path: c.text, Note: note})
	}
	return "", invalid, note
}

func insecure(value any) int {
	if text, ok := value.(string); ok && hasScheme(text, "https") {
		return 0
	}
	return 1
}
