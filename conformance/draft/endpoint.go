package draft

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// candidate is a place where the address may be. The lower its rank, the more speaks for it.
type candidate struct {
	entry
	rank int
}

// Candidates of a rank below drafted count; the others are comments.
const (
	rankURL = iota
	rankDescribed
	rankBeside
	drafted
	rankBehind
	rankNested
	rankHost
)

// endpoint are the candidates in order, each with the reason for its place.
func (s *survey) endpoint(besides []beside) []entry {
	var all []candidate
	for _, f := range s.sorted("$.status.") {
		if c, ok := s.addressIn(f); ok {
			all = append(all, c)
		}
	}
	if len(s.states) == 0 {
		all = s.describedURLs()
	}
	published := slices.ContainsFunc(all, func(c candidate) bool { return c.rank < rankBeside })
	for i := range besides {
		b := &besides[i]
		if !b.leads() && b.kind != service {
			continue
		}
		c := candidate{entry{b.says, map[string]any{"of": b.as, "kind": b.kind}, false}, rankBeside}
		if published {
			c.rank, c.says = rankBehind, "Behind what the status says itself. "+c.says
		}
		if b.weak {
			c.rank, c.says = rankBehind, "Less sure than another one. "+c.says
		}
		b.used = b.used || c.rank < drafted
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.rank - b.rank })
	lines := make([]entry, len(all))
	for i, c := range all {
		c.off = c.rank >= drafted
		lines[i] = c.entry
	}
	return lines
}

// saysURL is the name of a field in which an address may be expected.
func saysURL(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"url", "uri", "endpoint", "address", "hostname"}, func(word string) bool { return strings.Contains(lower, word) })
}

// withAPI is a URL that goes on to a path of the API, which users append themselves.
var withAPI = regexp.MustCompile(`^(https?://[^?#]+?)/v1(/.*)?$`)

// addressIn judges a field by what it held.
func (s *survey) addressIn(f *field) (candidate, bool) {
	name := last(f.path)
	for _, text := range f.texts() {
		line := map[string]any{"path": f.path}
		parsed, err := url.Parse(text)
		isURL := err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Host != ""
		host, port, split := net.SplitHostPort(text)
		switch {
		case isURL && withAPI.MatchString(text):
			line["capture"] = `^(https?://.+?)(?:/v1(?:/.*)?)?/?$`
			return s.ranked(f, line, "a URL with the path of the API, which callers append themselves"), true
		case isURL && strings.Trim(parsed.Path, "/") != "":
			return s.ranked(f, line, fmt.Sprintf("a URL that goes on to the path %s. Callers append /v1/chat/completions to it, and the API /v1/models: "+
				"where that path is the one of an API, cut it off (capture: \"^(https?://[^/]+)\") and write probe", shown(parsed.Path))), true
		case isURL:
			return s.ranked(f, line, "a URL"), true
		case saysURL(name) && split == nil && host != "" && port != "":
			line["scheme"] = "http"
			return s.ranked(f, line, "a host with a port, without a scheme"), true
		case saysURL(name) && len(text) < 254 && plainWord.MatchString(text) && strings.Contains(text, "."):
			c := s.ranked(f, map[string]any{"url": map[string]any{"host": []any{map[string]any{"path": f.path}}}}, "a host alone: which port, and which path?")
			c.rank = max(c.rank, rankHost)
			return c, true
		}
	}
	return candidate{}, false
}

// otherPurpose says of a path that something else than requests to a model goes there: what
// is uploaded, for instance, to a URL that is a credential.
var otherPurpose = regexp.MustCompile(`(?i)doc|console|dashboard|metric|source|webhook|upload|download|signed|callback|image|repo|artifact|bucket|storage`)

// addressLists are lists that have the object's own addresses, each in one entry.
var addressLists = regexp.MustCompile(`^\$\.status\.(addresses|endpoints|urls)\[\*\](\.[A-Za-z]+)?$`)

// ranked gives what is near the top of the status a place before what is in a part of it.
func (s *survey) ranked(f *field, line map[string]any, why string) candidate {
	c := candidate{entry{fmt.Sprintf("%s It is %s.", s.history(f), why), line, false}, rankURL}
	const top = 3 // $.status.address.url
	switch {
	case addressLists.MatchString(f.path):
	case strings.Contains(f.path, "["), strings.Count(f.path, ".") > top:
		c.rank, c.says = rankNested, c.says+" It is that of a part, or of something else."
	case !saysURL(last(f.path)), otherPurpose.MatchString(f.path):
		c.rank, c.says = rankNested, c.says+" Its name does not say that models are served there."
	}
	return c
}

// describedURLs are fields of the CRD that are called as an address is.
func (s *survey) describedURLs() []candidate {
	var all []candidate
	var paths []string
	for path, schema := range s.schema {
		if schema.Type == "string" && strings.HasPrefix(path, "$.status.") && saysURL(last(path)) {
			paths = append(paths, path)
		}
	}
	notURL := func(path string) int {
		if strings.HasSuffix(strings.ToLower(path), "url") {
			return 0
		}
		return 1
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(depthOf(a)-depthOf(b), notURL(a)-notURL(b), strings.Compare(a, b))
	})
	for _, path := range paths {
		line := map[string]any{"path": path}
		if notURL(path) == 1 {
			line["scheme"] = "http"
		}
		c := candidate{entry{"By its name in the CRD; no object shows what is in it." + s.description(path), line, false}, rankDescribed}
		if strings.Contains(path, "[") || strings.Count(path, ".") > 3 {
			c.rank = rankNested
		}
		if otherPurpose.MatchString(path) {
			c.rank, c.says = rankNested, c.says+" Its name does not say that models are served there."
		}
		all = append(all, c)
	}
	return all
}

// endpoint writes the candidates, or that there is none yet.
func (t *text) endpoint(candidates []entry) {
	if slices.ContainsFunc(candidates, func(e entry) bool { return !e.off }) {
		t.line("  # In order: the first that yields a URL wins. Keep those that serve the model.")
		t.line("  endpoint:")
		t.entries("    ", candidates)
		return
	}
	t.line("  # Nothing that was given says where it is reached. Is there a Service, or a route? Give it as well (another -f).")
	t.line("  noEndpoint: %s", folder.UnknownEndpoint)
	t.line("  # endpoint:")
	for _, c := range candidates {
		t.line("  #   # %s", oneLine(c.says))
		t.line("  #   - %s", syntax.Flow(c.line))
	}
	t.line(`  #   - {name: service, template: "http://{name}.{namespace}.svc:8000"}`)
}
