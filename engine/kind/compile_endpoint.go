package kind

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
)

func (c compiler) endpoint() []candidate {
	switch {
	case c.spec.Endpoint == nil && c.spec.NoEndpoint == "" && !c.doc.leftOut("/spec/noEndpoint"):
		c.doc.faultAt("/spec/endpoint", "required field is missing: write where the endpoint is, or say with noEndpoint why there is none")
	case c.spec.Endpoint != nil && c.spec.NoEndpoint != "":
		c.doc.faultAt("/spec/noEndpoint", "endpoint and noEndpoint exclude each other, remove one")
	}
	var candidates []candidate
	var before []placeSpec
	for i, s := range c.spec.Endpoint {
		at := fmt.Sprintf("/spec/endpoint/%d", i)
		c.reachable(at, before, s.placeSpec)
		before = append(before, s.placeSpec)
		compiled := candidate{
			place: c.place(at, s.placeSpec), scheme: s.Scheme, port: s.Port, preferHTTPS: s.Prefer == "https",
		}
		c.canBeURL(at, compiled)
		candidates = append(candidates, compiled)
	}
	return candidates
}

// canBeURL refuses what no value makes a valid endpoint of.
func (c compiler) canBeURL(at string, candidate candidate) {
	var field, text string
	switch {
	case candidate.key && candidate.scheme == "":
		c.doc.faultAcross(at+"/key", "a name in a map is no URL: write scheme, or make it a value and use it in a template")
		return
	case candidate.constant != nil:
		field, text = "constant", fmt.Sprint(candidate.constant)
	case candidate.template != nil:
		field, text = "template", candidate.template.withExamples()
	default:
		return
	}
	// Which addresses may be published is not for the kind-spec to say.
	anywhere := endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
	if _, err := anywhere.Parse(complete(text, candidate.scheme, candidate.port)); err != nil {
		c.doc.faultAt(at+"/"+field, "can never be published, %s is %s", quote(text), err)
	}
}

// withExamples is the template with something that fits in every place.
func (t *template) withExamples() string {
	var b strings.Builder
	for i, p := range t.parts {
		example := p.literal
		if p.value != "" {
			next := ""
			if i+1 < len(t.parts) {
				next = t.parts[i+1].literal
			}
			example = exampleFor(b.String(), next)
		}
		b.WriteString(example)
	}
	return b.String()
}

func exampleFor(before, after string) string {
	switch {
	case before == "" && strings.HasPrefix(after, "://"):
		return "http"
	case before == "":
		return "http://host"
	case strings.HasSuffix(before, ":"):
		return "80"
	}
	return "x"
}
