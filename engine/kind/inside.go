package kind

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxForeign bounds what a message repeats of a Service or a slice, in bytes.
const maxForeign = 120

// costOfAddress is what it costs to hold an address against networks, in steps.
const costOfAddress = 5

// insideRule is what a trace calls the look at where an endpoint leads.
const insideRule = "inside"

// guard looks where the name of a Service leads. Whoever may write a Service
// decides that, and callers' tokens go there.
type guard struct{ *environment }

// refusal says why an endpoint is not published; the zero refusal refuses nothing.
type refusal struct {
	reason, message string
	// quotes is set where the message says what somebody's objects hold.
	quotes bool
}

// keepInside refuses an endpoint at the name of a Service that leads out of the
// cluster. What other hosts lead to is for the API to judge, when it connects. A
// Service that does not exist leads nowhere: it is looked at when it does.
func (g guard) keepInside(e Endpoint) Endpoint {
	u, err := url.Parse(e.URL)
	if err != nil || e.URL == "" {
		return e
	}
	namespace, name, ok := g.serviceOf(u.Hostname())
	var r refusal
	switch {
	case ok && isLabel(namespace) && isLabel(name):
		r = g.service(namespace, name)
	case ok || g.rules.Cluster.Local(u.Hostname()):
		r = refusal{reason: v1alpha1.ReasonEndpointInvalid,
			message: fmt.Sprintf("%s is the name of no Service: write NAME.NAMESPACE.svc", syntax.Shorten(u.Hostname(), maxForeign))}
		g.trace.add("endpoint", insideRule, func() Step { return Step{Path: u.Hostname(), Note: r.message} })
	}
	if r.message == "" {
		return e
	}
	return Endpoint{Source: e.Source, Invalid: true, Reason: r.reason,
		Message: syntax.Shorten(fmt.Sprintf("%s is not published: %s", e.Message, r.message), maxMessage)}
}

func isLabel(text string) bool { return len(validation.IsDNS1123Label(text)) == 0 }

// serviceOf gives the Service that a host names inside the cluster. A name
// without svc, such as NAME.NAMESPACE, is one in the namespace of the model or of
// its referent: cluster DNS completes it, and some kinds publish such names.
func (g guard) serviceOf(host string) (namespace, name string, ok bool) {
	if namespace, name, ok = g.rules.Cluster.ServiceOf(host); ok {
		return namespace, name, true
	}
	labels := strings.Split(strings.ToLower(host), ".")
	last := len(labels) - 1
	if last < 1 || slices.Contains(labels, "") {
		return "", "", false
	}
	own := labels[last] == g.values[valueNamespace] || labels[last] == g.values[valueModelNamespace]
	return labels[last], labels[last-1], own
}

// service looks at a Service, and at its slices where it has no selector. With
// a selector the cluster's own controller writes them, from Pods.
func (g guard) service(namespace, name string) refusal {
	t := serviceType()
	q := Query{Group: t.Group, Kind: t.Kind, Versions: t.Versions, Namespace: namespace, Name: name}
	step := Step{Path: q.String(), Want: "leads inside the cluster", Matched: true}
	objects, r := g.read(q)
	for _, object := range objects {
		spec, _ := object.Object["spec"].(map[string]any)
		step.Found = cmp.Or(text(spec["type"]), "ClusterIP")
		switch {
		case r.message != "":
		case text(spec["type"]) == "ExternalName":
			r = quoting("%s is of type ExternalName and leads to %s: callers' tokens would go there; "+
				"give it a selector and another type, or write the host itself into spec.endpointOverride, which --trusted-hosts of the API has to hold then",
				q, foreign(text(spec["externalName"])))
		case !selects(spec["selector"]):
			r = g.slices(q)
		}
	}
	if step.Note = r.message; r.message != "" {
		step.Matched = false
		r = g.untold(r, namespace, q)
	} else if len(objects) == 0 {
		step.Note = "does not exist: where it leads is looked at when it does"
	}
	g.trace.add("endpoint", insideRule, func() Step { return step })
	return r
}

// untold is a refusal without what a Service of another namespace says: whoever
// writes a MaaSModel may not be allowed to read it. The trace has all of it, which
// is for who has the objects.
func (g guard) untold(r refusal, namespace string, q Query) refusal {
	if !r.quotes || namespace == g.values[valueModelNamespace] {
		return r
	}
	return outside("%s leads out of the cluster, or is not known to lead inside: callers' tokens would go there; "+
		"whoever may read it, and its EndpointSlices, sees where it leads, and maasctl explain says what is wrong with it", q)
}

// selects says whether a Service's selector holds a label at all.
func selects(selector any) bool {
	labels, _ := selector.(map[string]any)
	return slices.ContainsFunc(slices.Collect(maps.Values(labels)), func(value any) bool { return value != nil })
}

// slices holds every address that stands behind a Service against the cluster's
// networks: without a selector, whoever may write EndpointSlices chooses them.
func (g guard) slices(service Query) refusal {
	t := sliceType()
	q := Query{Group: t.Group, Kind: t.Kind, Versions: t.Versions, Namespace: service.Namespace,
		Labels: map[string]string{serviceNameLabel: service.Name}}
	objects, r := g.read(q)
	if r.message != "" {
		return r
	}
	if !g.work.Spend(len(objects)) {
		return refusal{}
	}
	slices.SortFunc(objects, func(a, b *unstructured.Unstructured) int { return strings.Compare(a.GetName(), b.GetName()) })
	for _, object := range objects {
		if why := g.sliceOutside(object.Object); why != "" {
			return quoting("%s has no selector, and its EndpointSlice %s leads to %s: callers' tokens would go there; give the Service a selector, %s",
				service, foreign(object.GetName()), why, g.howToAllow())
		}
	}
	return refusal{}
}

// howToAllow says which flag makes an address one of the cluster's.
func (g guard) howToAllow() string {
	c := g.rules.Cluster
	if c == nil || len(c.Services) == 0 && len(c.Pods) == 0 {
		return "or say with --cluster-cidrs which networks are the cluster's: none is known"
	}
	return "or, if the address is one of the cluster's, name its network with --cluster-cidrs"
}

// sliceOutside names the first address of an EndpointSlice that is not inside
// the cluster; empty when all are.
func (g guard) sliceOutside(slice map[string]any) string {
	if kind := text(slice["addressType"]); kind == "FQDN" {
		return "names of hosts (addressType FQDN)"
	}
	ports := portsOf(slice)
	endpoints, _ := slice["endpoints"].([]any)
	for _, entry := range endpoints {
		if !g.work.Spend(1) {
			return "" // What is not looked at to the end is not published: see Observe.
		}
		e, _ := entry.(map[string]any)
		addresses, _ := e["addresses"].([]any)
		for _, value := range addresses {
			if !g.work.Spend(costOfAddress) {
				return "" // As above.
			}
			addr, err := netip.ParseAddr(text(value))
			if err != nil {
				return foreign(text(value)) + ", which is no address"
			}
			if !g.inside(addr) {
				return addr.WithZone("").String() + ", which is in no network that is known to be the cluster's"
			}
			if g.isAPIServer(addr, ports) {
				return addr.String() + ", which is the Kubernetes API server"
			}
		}
	}
	return ""
}

// inside holds an address against what the API holds it against when it connects.
func (g guard) inside(addr netip.Addr) bool {
	return g.rules.Allows(addr) || g.rules.Cluster.Contains(addr) && g.rules.CheckAddr(addr) == nil
}

// portsOf are the ports that a slice leads to; 0 is any, which one without ports
// leaves open.
func portsOf(slice map[string]any) (ports []uint16) {
	entries, _ := slice["ports"].([]any)
	for _, entry := range entries {
		e, _ := entry.(map[string]any)
		n, _ := syntax.Number(e["port"])
		ports = append(ports, uint16(max(0, min(n, math.MaxUint16))))
	}
	if len(ports) == 0 {
		return []uint16{0}
	}
	return ports
}

// isAPIServer says whether any of the ports of an address is the API server's,
// which takes bearer tokens.
func (g guard) isAPIServer(addr netip.Addr, ports []uint16) bool {
	return g.rules.Cluster != nil && slices.ContainsFunc(ports, func(port uint16) bool {
		return endpoint.Among(g.rules.Cluster.APIServer, netip.AddrPortFrom(addr, port))
	})
}

// read asks, and notes that it did: what cannot be read is not known to be inside.
func (g guard) read(q Query) ([]*unstructured.Unstructured, refusal) {
	g.noteRead(q)
	answer := g.reader.Read(q)
	switch answer.State {
	case AnswerForbidden:
		return nil, refusal{reason: v1alpha1.ReasonForbidden, message: fmt.Sprintf("%s may not be read, so that nobody knows where it leads: %s", q,
			cmp.Or(answer.Message, "grant the controller list and watch on it"))}
	case AnswerNotServed:
		return nil, outside("nobody knows where it leads: %s cannot be read: %s", q, cmp.Or(answer.Message, "the API server does not serve it"))
	}
	return slices.DeleteFunc(slices.Clone(answer.Objects), func(o *unstructured.Unstructured) bool { return o == nil }), refusal{}
}

func outside(format string, args ...any) refusal {
	return refusal{reason: v1alpha1.ReasonEndpointOutsideCluster, message: fmt.Sprintf(format, args...)}
}

func quoting(format string, args ...any) refusal {
	r := outside(format, args...)
	r.quotes = true
	return r
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// foreign quotes what a stranger has written: bounded, and nothing but ASCII.
func foreign(text string) string {
	return syntax.Shorten(strconv.QuoteToASCII(text), maxForeign)
}
