package kind

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

func (c compiler) endpoint() []candidate {
	switch {
	case c.spec.Endpoint == nil && c.spec.NoEndpoint == "" && !c.doc.LeftOut("/spec/noEndpoint"):
		c.doc.Missing("/spec/endpoint", "write where the endpoint is, or say with noEndpoint why there is none")
	case c.spec.Endpoint != nil && c.spec.NoEndpoint != "":
		c.doc.FaultAt("/spec/noEndpoint", "endpoint and noEndpoint exclude each other, remove one")
	}
	names := CandidateNames(&c.spec)
	var candidates []candidate
	for i, s := range c.spec.Endpoint {
		at := fmt.Sprintf("/spec/endpoint/%d", i)
		c.refuseTwice(at, s.Name, names[:i])
		compiled := candidate{name: names[i], scheme: s.Scheme, port: int(s.Port), only: c.only(at, s)}
		switch {
		case s.URL != nil:
			c.refuseBeside(at, s, "url")
			compiled.url = &urlParts{
				scheme: c.sources(at+"/url/scheme", s.URL.Scheme), host: c.sources(at+"/url/host", s.URL.Host),
				port: c.sources(at+"/url/port", s.URL.Port), path: c.sources(at+"/url/path", s.URL.Path),
			}
			compiled.when, compiled.words = c.predicates(at+"/when", s.When, nil), compiled.url.words()
		case s.Kind != "":
			c.refuseBeside(at, s, "kind")
			compiled.target.of, compiled.kind = c.handOn(at, s.Of, s.Kind)
			compiled.when, compiled.words = c.predicates(at+"/when", s.When, nil), fmt.Sprintf("%s, as the kind %s finds it", compiled.only.words(s.Of), s.Kind)
		default:
			compiled.source = c.source(at, s.Source)
			c.canBeURL(at, compiled)
		}
		candidates = append(candidates, compiled)
	}
	return candidates
}

// refuseBeside refuses what makes no sense beside the part of a candidate that
// finds the whole URL.
func (c compiler) refuseBeside(at string, s v1alpha1.EndpointCandidate, whole string) {
	c.refuse(at, onlyWritten(
		field{"of", s.Of != "" && whole == "url"}, field{"versions", s.Versions != nil}, field{"path", s.Path != ""}, field{"key", s.Key},
		field{"intersects", s.Intersects != nil}, field{"condition", s.Condition != ""}, field{"value", s.Value != ""}, field{"template", s.Template != ""},
		field{"constant", s.Constant != nil}, field{"capture", s.Capture != ""}, field{"lower", s.Lower}, field{"scheme", s.Scheme != ""},
		field{"port", s.Port != 0}, field{"kind", s.Kind != "" && whole == "url"},
	), "does not go with "+whole+", which is the whole URL: write two candidates")
}

// canBeURL refuses what no value makes a valid endpoint of.
func (c compiler) canBeURL(at string, candidate candidate) {
	var field, text string
	switch {
	case candidate.key && candidate.path != nil && candidate.scheme == "":
		c.doc.FaultAcross(at+"/key", "a name in a map is no URL: write scheme, or make it the host of a url")
		return
	case candidate.constant != nil:
		field, text = "constant", fmt.Sprint(candidate.constant)
	case candidate.template != nil:
		field, text = "template", withExamples(candidate.template)
	default:
		return
	}
	if _, err := anywhere().Parse(complete(text, candidate.scheme, candidate.port)); err != nil {
		c.doc.FaultAt(at+"/"+field, "can never be published, %s is %s", strconv.Quote(text), err)
	}
}

// anywhere are rules that any address passes: which may be published is not for the
// kind-spec to say.
func anywhere() endpoint.Rules {
	return endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
}

// withExamples is the template with something that fits in every place.
func withExamples(t *syntax.Template) string {
	var b strings.Builder
	for i, p := range t.Parts {
		example := p.Literal
		if p.Value != "" {
			next := ""
			if i+1 < len(t.Parts) {
				next = t.Parts[i+1].Literal
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
