package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// candidate is where the endpoint may be, and how to complete it.
type candidate struct {
	source
	name string
	// url is set for a URL in parts.
	url *urlParts
	// kind finds the endpoint of the object that the source is of; empty where the
	// candidate finds it itself.
	kind string
	// only is what that kind sees of the object.
	only   part
	scheme string
	port   int
}

// resolveEndpoint takes the override if there is one, else the first valid URL
// of the candidates. Every candidate up to the one that wins is tried.
func (k *Kind) resolveEndpoint(override string, env *environment) Endpoint {
	if override != "" {
		return overridden(override, env.rules, &env.trace)
	}
	if k.noEndpoint != "" {
		env.trace.add("endpoint", "noEndpoint", func() Step { return Step{Note: k.noEndpoint} })
		return Endpoint{None: true, Message: k.noEndpoint}
	}
	var refused, missing []string
	for _, c := range k.endpoint {
		if !c.counts(env, "endpoint", c.name) {
			continue
		}
		rule, url, invalid, note := k.try(c, env)
		switch {
		case url != "":
			return Endpoint{URL: url, Source: EndpointFromCandidate, Rule: rule, Message: "the endpoint is taken from " + c.called(rule)}
		case invalid:
			refused = append(refused, fmt.Sprintf("%s: %s", c.called(c.name), note))
		case note != "":
			missing = append(missing, note)
		}
	}
	if len(refused) > 0 {
		return Endpoint{Invalid: true, Message: syntax.Shorten(strings.Join(refused, "; "), maxMessage)}
	}
	tried := make([]string, len(k.endpoint))
	for i, c := range k.endpoint {
		tried[i] = c.words
	}
	message := "no endpoint is published yet; looked at " + strings.Join(tried, ", ")
	if len(missing) > 0 {
		message += ": " + strings.Join(slices.Compact(missing), "; ")
	}
	return Endpoint{Message: syntax.Shorten(message, maxMessage)}
}

// called is what yields an endpoint, and where that looks.
func (c candidate) called(rule string) string {
	if c.kind != "" {
		return rule + ", as the kind " + c.kind + " finds it"
	}
	return rule + ", " + c.words
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
		e.URL, e.Rule, e.Message, step.Matched = override, overrideRule, "the endpoint is taken from spec.endpointOverride", true
	}
	t.add("endpoint", overrideRule, func() Step { return step })
	return e
}

// try gives the first valid URL of the candidate, or a note on the first value
// that was refused, or on why there is none. A refused value may hold
// credentials and is never repeated.
func (k *Kind) try(c candidate, env *environment) (rule, url string, invalid bool, note string) {
	if c.kind != "" {
		return k.delegatedEndpoint(c, env)
	}
	var found []any
	if c.url != nil {
		var whole string
		if whole, note = c.url.build(env, c.name); whole != "" {
			found = []any{whole}
		}
	} else {
		found, note = c.read(env, fitURL)
	}
	for _, value := range found {
		step := Step{Path: c.words}
		text, ok := value.(string)
		text = complete(text, c.scheme, c.port)
		if !ok {
			step.Found, step.Note = value, wrongType(value, "string")
		} else if _, err := env.rules.Parse(text); err != nil {
			step.Note = err.Error()
		} else {
			step.Found, step.Matched = text, true
		}
		env.trace.add("endpoint", c.name, func() Step { return step })
		if step.Matched {
			return c.name, text, false, ""
		}
		if !invalid {
			invalid, note = true, step.Note
		}
	}
	if len(found) == 0 {
		env.trace.add("endpoint", c.name, func() Step { return Step{Path: c.words, Note: note} })
	}
	return c.name, "", invalid, note
}

// delegatedEndpoint is the first that the other kind finds for one of the objects.
func (k *Kind) delegatedEndpoint(c candidate, env *environment) (rule, url string, invalid bool, note string) {
	seen := k.delegate(c.target.of, c.only, c.kind, env)
	for _, o := range seen {
		step := Step{Path: c.words, Found: orNil(o.Endpoint.URL), Matched: o.Endpoint.URL != ""}
		if !step.Matched {
			step.Note = o.Endpoint.Message
		}
		env.trace.add("endpoint", c.name, func() Step { return step })
		switch {
		case o.Endpoint.URL != "":
			return c.name + "/" + o.Endpoint.Rule, o.Endpoint.URL, false, ""
		case o.Endpoint.Invalid:
			invalid, note = true, o.Endpoint.Message
		default:
			note = cmp.Or(note, o.Endpoint.Message)
		}
	}
	if len(seen) == 0 {
		note = cmp.Or(c.target.missing(env, nil), env.bindings[c.only.subject].missing)
		env.trace.add("endpoint", c.name, func() Step { return Step{Path: c.words, Note: note} })
	}
	return c.name, "", invalid, note
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}
