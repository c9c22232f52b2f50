package question

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Vocabulary is what the words of a question are held against.
type Vocabulary struct {
	// Kind gives the name of a kind in force, by its name or an alias.
	Kind func(word string) (name string, known bool)
	// Namespaces that are served; empty means all.
	Namespaces []string
}

// Query reads the query of a URL. The error is a *Refusal.
func Query(raw string) (url.Values, error) {
	if len(raw) > MaxQuery {
		return nil, refuse("", fmt.Sprintf("The query is too long: write %d bytes at most.", MaxQuery))
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refuse("", "The query does not parse: percent-encode its values and separate them with &.")
	}
	return query, nil
}

// Parse reads a question. Parameters that it does not know are left alone: clients
// and gateways add their own. The error is a *Refusal.
func Parse(query url.Values, v Vocabulary) (Question, error) {
	var q Question
	for _, name := range []string{"kind", "ready", "namespace", "limit", "after", "type", "capability", "q", "sort", "fields", "facets"} {
		value, given, err := Once(query, name)
		if err == nil && given {
			err = q.set(v, name, value)
		}
		if err != nil {
			return Question{}, err
		}
	}
	if query.Has("after") && q.Part.Limit == 0 {
		q.Part.Limit = MaxLimit
	}
	return q, nil
}

// Once is the value of a parameter that may be given once. The error is a *Refusal.
func Once(query url.Values, name string) (value string, given bool, err error) {
	values := query[name]
	switch len(values) {
	case 0:
		return "", false, nil
	case 1:
		return values[0], true, nil
	}
	return "", true, refuse(name, "Give "+name+" once.")
}

func (q *Question) set(v Vocabulary, name, value string) error {
	switch name {
	case "limit":
		limit, err := strconv.Atoi(value)
		if err != nil || limit < 1 || limit > MaxLimit {
			return refuse(name, fmt.Sprintf("Write limit as a whole number from 1 to %d.", MaxLimit))
		}
		q.Part.Limit = limit
	case "after":
		q.Part.After = value
	case "sort":
		word, descending := strings.CutPrefix(value, "-")
		by := slices.Index(sortNames(), word)
		if by < 0 {
			return refuse(name, "Sort by one of "+strings.Join(sortNames(), ", ")+", with - in front for the other direction.")
		}
		q.Sort = Sort{By(by), descending} //nolint:gosec // one of a few
	case "fields":
		return q.setFields(value)
	case "facets":
		for facet := range strings.SplitSeq(value, ",") {
			bit := slices.Index(facetNames(), facet)
			if bit < 0 {
				return refuse(name, "Write facets as some of "+strings.Join(facetNames(), ", ")+", separated by commas.")
			}
			q.Facets |= 1 << bit
		}
	default:
		return q.Filter.set(v, name, value)
	}
	return nil
}

func (q *Question) setFields(value string) error {
	known, wanted := modelFields(), strings.Split(value, ",")
	for _, name := range wanted {
		if name != accessField && name != reportedField && name != allFields && !slices.Contains(known, name) {
			return refuse("fields", "Write fields as some of "+strings.Join(known, ", ")+", "+accessField+" and "+reportedField+", separated by commas, or "+allFields+" for all but the last two.")
		}
	}
	q.Fields.Access, q.Fields.Reported = slices.Contains(wanted, accessField), slices.Contains(wanted, reportedField)
	if q.Fields.Some = !slices.Contains(wanted, allFields); q.Fields.Some {
		wanted = append(wanted, always()...)
		q.Fields.Names = slices.DeleteFunc(known, func(name string) bool { return !slices.Contains(wanted, name) })
	}
	return nil
}

func (f *Filter) set(v Vocabulary, name, value string) error {
	switch name {
	case "q":
		return f.setWords(value)
	case "ready":
		if value != "true" && value != "false" {
			return refuse(name, "Write ready=true or ready=false.")
		}
		f.Ready = map[string]Readiness{"true": OnlyReady, "false": OnlyUnready}[value]
		return nil
	}
	values := strings.Split(value, ",")
	slices.Sort(values)
	values = slices.Compact(values)
	if len(values) > MaxValues {
		return refuse(name, fmt.Sprintf("Give %s %d values at most.", name, MaxValues))
	}
	switch name {
	case "kind":
		return f.setKinds(v, values)
	case "namespace":
		return f.setNamespaces(v, values)
	case "type":
		if slices.ContainsFunc(values, func(t string) bool { return !slices.Contains(v1alpha1.ModelTypes(), t) }) {
			return refuse(name, "Write type as one or several of "+strings.Join(v1alpha1.ModelTypes(), ", ")+", separated by commas.")
		}
		f.Types = values
	case "capability":
		if slices.Contains(values, "") || !utf8.ValidString(value) {
			return refuse(name, "Write capabilities that the list shows, separated by commas, in UTF-8. A model has to have all of them.")
		}
		f.Capabilities = values
	}
	return nil
}

func (f *Filter) setWords(text string) error {
	switch {
	case len(text) > MaxText:
		return refuse("q", fmt.Sprintf("Write %d bytes at most to search for.", MaxText))
	case !utf8.ValidString(text):
		return refuse("q", "Write what to search for in UTF-8.")
	}
	f.Words = strings.Fields(strings.ToLower(text))
	slices.Sort(f.Words)
	f.Words = slices.Compact(f.Words)
	return nil
}

func (f *Filter) setKinds(v Vocabulary, words []string) error {
	for _, word := range words {
		name, known := v.Kind(word)
		switch {
		case known:
			word = name
		case word == "":
			return UnknownKind()
		default:
			f.Unknown = append(f.Unknown, word)
		}
		f.Kinds = append(f.Kinds, word)
	}
	slices.Sort(f.Kinds)
	f.Kinds = slices.Compact(f.Kinds)
	return nil
}

// namespaceName is a DNS label (RFC 1123).
var namespaceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// IsNamespace says whether a namespace may have the name.
func IsNamespace(name string) bool { return namespaceName.MatchString(name) }

func (f *Filter) setNamespaces(v Vocabulary, names []string) error {
	for _, name := range names {
		switch {
		case !IsNamespace(name):
			return refuse("namespace", "Write the name of a namespace: lower-case letters, digits and '-'.")
		case len(v.Namespaces) > 0 && !slices.Contains(v.Namespaces, name):
			return refuse("namespace", "This API does not serve that namespace.")
		}
	}
	f.Namespaces = names
	return nil
}
