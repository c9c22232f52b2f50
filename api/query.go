package api

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/maas-kinds/maas/api/catalog"
)

// filter is the query of a list request. The zero value lets everything pass.
type filter struct {
	kind string
	// unknownKind is set where no such kind is in force: there is one only for
	// callers who see a model of it.
	unknownKind bool
	namespace   string
	ready       *bool
}

func (f filter) empty() bool { return f == filter{} }

func (f filter) matches(e *catalog.Entry) bool {
	return (f.kind == "" || e.Kind == f.kind) &&
		(f.namespace == "" || e.Namespace == f.namespace) &&
		(f.ready == nil || e.Ready == *f.ready)
}

var dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// maxLimit bounds a part of the list, and is its limit where the query has none.
const maxLimit = 1000

// part is which part of a list is wanted, as OpenAI pages its lists. The zero value
// is the whole list.
type part struct {
	// limit is how many models it has at most; 0 for the whole list.
	limit int
	// after is the id in front of the first one. It is a place in the order of ids, and
	// need be no model's: one that is gone, or that the caller may not see, is as good.
	after string
}

// question is what a list request asks for.
type question struct {
	filter
	part part
}

// parseQuestion reads the parameters of a list. Others are left alone: clients and
// gateways add their own.
func (h *handler) parseQuestion(raw string) (question, *apiError) {
	var q question
	if raw == "" {
		return q, nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return q, invalidParameter("", "The query does not parse: percent-encode its values and separate them with &.")
	}
	for _, name := range []string{"kind", "ready", "namespace", "limit", "after"} {
		values, given := query[name]
		if !given {
			continue
		}
		if len(values) > 1 {
			return q, invalidParameter(name, "Give "+name+" once.")
		}
		if e := h.set(&q, name, values[0]); e != nil {
			return q, e
		}
	}
	return q, nil
}

func (h *handler) set(q *question, name, value string) *apiError {
	switch name {
	case "limit":
		limit, err := strconv.Atoi(value)
		if err != nil || limit < 1 || limit > maxLimit {
			return invalidParameter(name, fmt.Sprintf("Write limit as a whole number from 1 to %d.", maxLimit))
		}
		q.part.limit = limit
	case "after":
		q.part.after = value
		q.part.limit = cmp.Or(q.part.limit, maxLimit)
	default:
		return h.setFilter(&q.filter, name, value)
	}
	return nil
}

func (h *handler) setFilter(f *filter, name, value string) *apiError {
	switch name {
	case "kind":
		known, ok := h.kinds(value)
		switch {
		case ok:
			value = known.Name()
		case value == "":
			return unknownKind()
		}
		f.kind, f.unknownKind = value, !ok
	case "ready":
		if value != "true" && value != "false" {
			return invalidParameter(name, "Write ready=true or ready=false.")
		}
		ready := value == "true"
		f.ready = &ready
	case "namespace":
		switch {
		case !dnsLabel.MatchString(value):
			return invalidParameter(name, "Write the name of a namespace: lower-case letters, digits and '-'.")
		case len(h.namespaces) > 0 && !slices.Contains(h.namespaces, value):
			return invalidParameter(name, "This API does not serve that namespace.")
		}
		f.namespace = value
	}
	return nil
}
