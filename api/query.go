package api

import (
	"net/url"
	"regexp"
	"slices"

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

// parseFilter reads the parameters kind, ready and namespace. Others are left
// alone: clients and gateways add their own.
func (h *handler) parseFilter(raw string) (filter, *apiError) {
	var f filter
	if raw == "" {
		return f, nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return f, invalidParameter("", "The query does not parse: percent-encode its values and separate them with &.")
	}
	for _, name := range []string{"kind", "ready", "namespace"} {
		values, given := query[name]
		if !given {
			continue
		}
		if len(values) > 1 {
			return f, invalidParameter(name, "Give "+name+" once.")
		}
		if e := h.setFilter(&f, name, values[0]); e != nil {
			return f, e
		}
	}
	return f, nil
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
