package soak

import (
	"fmt"
	"strconv"
	"strings"
)

// namespace is where everything that is played with lives.
const namespace = "soak"

// domain is what all hosts of backends end in. No DNS knows it: the API is told
// where to dial.
const domain = "soak.test"

// sort is what a model refers to.
type sort string

const (
	// services have their readiness in related objects, the EndpointSlices.
	services sort = "service"
	// gadgets are of a CRD that comes and goes.
	gadgets sort = "gadget"
	// widgets are of a ModelKind resource that is edited, broken and mended.
	widgets sort = "widget"
	// hosts are no objects: the model itself says its endpoint.
	hosts sort = "host"
	// aliases refer to another MaaSModel.
	aliases sort = "alias"
)

// kindOf is what spec.modelRef.kind says for each sort.
func kindOf(s sort) string {
	return map[sort]string{services: "Service", gadgets: "Gadget", widgets: "Widget", hosts: "Endpoint", aliases: "MaaSModel"}[s]
}

// backed are the sorts whose models have an endpoint of their own.
func backed() []sort { return []sort{services, gadgets, widgets, hosts} }

// member is one model of the cast.
type member struct {
	name string
	sort sort
	// of is the referent's name.
	of string
}

// theCast is so many models, about, and the same ones each time.
func theCast(models int) []member {
	counts := []struct {
		sort sort
		of   int
	}{{services, models * 10 / 30}, {gadgets, models * 8 / 30}, {widgets, models * 6 / 30}, {hosts, models * 3 / 30}, {aliases, models * 3 / 30}}
	var all []member
	for _, c := range counts {
		for i := range c.of {
			m := member{name: fmt.Sprintf("%s-%d", c.sort, i), sort: c.sort}
			m.of = m.name
			if c.sort == aliases {
				m.of = fmt.Sprintf("%s-%d", backed()[i%len(backed())], 0)
			}
			all = append(all, m)
		}
	}
	return all
}

// hostOf is where a member's backend is: it may move between two hosts.
func hostOf(name string, s sort, variant int) string {
	return fmt.Sprintf("%s-v%d.%s.%s", name, variant, s, domain)
}

// Caller is one who lists.
type Caller struct {
	Name string
	// lets says whether the backend at a host lets the caller in.
	lets func(host string) bool
}

func (c Caller) authorization() string { return "Bearer soak-" + c.Name }

// callers are one who may use everything, one who may use the models of even
// numbers, and one who may use nothing.
func callers() []Caller {
	return []Caller{
		{Name: "all", lets: func(string) bool { return true }},
		{Name: "even", lets: func(host string) bool { return numberOf(host)%2 == 0 }},
		{Name: "none", lets: func(string) bool { return false }},
	}
}

// numberOf is that of the member at a host.
func numberOf(host string) int {
	parts := strings.Split(host, "-")
	if len(parts) < 2 {
		return 1
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return 1
	}
	return n
}
