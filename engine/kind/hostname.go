package kind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// hostsTest compares host names as the Gateway API intersects those of a listener
// and of a route: none at all is any host.
type hostsTest struct {
	path   *jsonpath.Path
	others fieldReference
	text   string
}

func (t hostsTest) absent() bool { return false }

func (t hostsTest) findings(env *environment, e entry, found []finding) []finding {
	mine, theirs := textsAt([]entry{e}, t.path, env), t.others.texts(env)
	f := finding{matched: hostsMeet(env, mine, theirs)}
	if env.trace.asked && len(mine) > 0 {
		f.found = strings.Join(mine, ", ")
	}
	if env.worded {
		how := "no"
		if f.matched {
			how = "a"
		}
		f.words = fmt.Sprintf("%s has %s host in common with %s", t.text, how, t.others.words())
	}
	return append(found, f)
}

func (r fieldReference) words() string { return r.target.text(r.path.Text) }

// texts are the strings at the field, of every entry.
func (r fieldReference) texts(env *environment) []string {
	return textsAt(r.target.entries(env, nil), r.path, env)
}

// textsAt are the strings at a path of entries, in lower case, that are not empty.
func textsAt(entries []entry, path *jsonpath.Path, env *environment) []string {
	var texts []string
	for _, e := range entries {
		for _, n := range path.Nodes(e.value, env.work) {
			if host := strings.ToLower(text(n.Value)); host != "" {
				texts = append(texts, host)
			}
		}
	}
	return texts
}

func hostsMeet(env *environment, mine, theirs []string) bool {
	if len(mine) == 0 || len(theirs) == 0 {
		return true
	}
	for _, host := range mine {
		for _, other := range theirs {
			if !env.work.Spend(1) {
				return false
			}
			if commonHost(host, other) != "" {
				return true
			}
		}
	}
	return false
}

// exactHosts are the hosts that both sides have in common and that can be called:
// wildcards match hosts, and are none. They are in the order of theirs.
func exactHosts(env *environment, mine, theirs []string) []any {
	if len(mine) == 0 {
		mine = []string{anyHost}
	}
	if len(theirs) == 0 {
		theirs = []string{anyHost}
	}
	var hosts []any
	for _, other := range theirs {
		for _, host := range mine {
			if !env.work.Spend(1) {
				return nil
			}
			common := commonHost(host, other)
			if common != "" && common[0] != '*' && !slices.Contains(hosts, any(common)) {
				hosts = append(hosts, common)
			}
		}
	}
	return hosts
}

// anyHost stands for a list of hosts that is left out.
const anyHost = "*"

// commonHost is the more exact of two host names that have one in common; empty
// when they have none. *.example.com has every name that ends in .example.com and
// is longer (Gateway API, Hostname).
func commonHost(a, b string) string {
	switch {
	case a == b || b == anyHost:
		return a
	case a == anyHost:
		return b
	case covers(a, b):
		return b
	case covers(b, a):
		return a
	}
	return ""
}

// covers says whether a wildcard has every host that the other name has.
func covers(wildcard, name string) bool {
	suffix, isWildcard := strings.CutPrefix(wildcard, "*")
	return isWildcard && strings.HasPrefix(suffix, ".") && strings.HasSuffix(name, suffix) && len(name) > len(suffix)
}
