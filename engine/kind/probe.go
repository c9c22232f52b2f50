package kind

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Probe says how to ask an endpoint whether it lets a caller in.
type Probe struct {
	// Policy says whether the endpoint is asked at all.
	Policy ProbePolicy
	// Method is the HTTP method, for example "GET"; there is no body.
	Method string
	// Path is appended to the endpoint, for example "/v1/models"; see URL. It may
	// have {NAME} for values of a model; see For.
	Path string
	// Timeout for the response; 0 leaves it to the caller of the probe.
	Timeout time.Duration
	// Headers are sent beside the caller's Authorization; their names are in
	// canonical form.
	Headers map[string]string
	// Expect says which of the accepted responses let a caller in.
	Expect Expectation
	// Reply says what a reply tells of the model; nil for nothing.
	Reply  *Reply
	accept []statusRange
}

// ProbePolicy says whether an endpoint is asked.
type ProbePolicy string

// The policies. With ProbeNever every caller sees a model that is Ready. With
// ProbeWhenAwake a backend that wakes when it is called is not asked while it sleeps.
const (
	ProbePerCaller ProbePolicy = "PerCaller"
	ProbeWhenAwake ProbePolicy = "WhenAwake"
	ProbeNever     ProbePolicy = "Never"
)

// statusRange is an inclusive range of HTTP status codes.
type statusRange struct{ first, last int }

// DefaultProbe is used for models whose kind this process does not know.
func DefaultProbe() Probe {
	return Probe{
		Policy: ProbePerCaller, Method: http.MethodGet, Path: "/v1/models", Expect: ExpectNoPage,
		accept: []statusRange{{200, 299}, {http.StatusMethodNotAllowed, http.StatusMethodNotAllowed}},
	}
}

// writtenProbe is the default probe as a kind-spec would write it.
func writtenProbe() v1alpha1.Probe {
	p := DefaultProbe()
	return v1alpha1.Probe{Policy: v1alpha1.ProbePolicy(p.Policy), Method: p.Method, Path: p.Path, Expect: v1alpha1.ProbeExpectation(p.Expect),
		Accept: []v1alpha1.Scalar{{Value: "2xx"}, {Value: float64(http.StatusMethodNotAllowed)}}}
}

// Accepts says whether a response status means that the caller is let in.
func (p Probe) Accepts(status int) bool {
	for _, r := range p.accept {
		if status >= r.first && status <= r.last {
			return true
		}
	}
	return false
}

// The values of a model that a probe's path may have.
const valueAlias = "alias"

func probeValues() []string { return append([]string{valueAlias}, BuiltInValues()...) }

// For is the probe of one model: the path has that model's own values.
func (p Probe) For(model *v1alpha1.MaaSModel) Probe {
	if !strings.Contains(p.Path, "{") {
		return p
	}
	ref := model.Spec.ModelRef
	values := map[string]string{
		valueName: ref.Name, valueNamespace: cmp.Or(ref.Namespace, model.Namespace),
		valueModelName: model.Name, valueModelNamespace: model.Namespace, valueAlias: ref.Name,
	}
	if info := model.Status.Model; info != nil {
		for _, alias := range info.Aliases {
			if strings.Trim(alias, ".") != "" { // Dots alone would lead elsewhere.
				values[valueAlias] = alias
				break
			}
		}
	}
	p.Path = syntax.Placeholder.ReplaceAllStringFunc(p.Path, func(name string) string { return url.PathEscape(values[strings.Trim(name, "{}")]) })
	return p
}

// URL joins an endpoint and the probe path, keeping the endpoint's own path:
// https://host/llm/granite and /v1/models give https://host/llm/granite/v1/models.
// People write a base URL with its /v1, as OpenAI clients want it: segments in
// which the endpoint ends and with which the probe path begins are written once.
func (p Probe) URL(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", fmt.Errorf("joining the endpoint and the probe path: %w", err)
	}
	base := strings.TrimSuffix(u.EscapedPath(), "/")
	if p.Path == "/" && base != "" {
		return u.Scheme + "://" + u.Host + u.EscapedPath(), nil
	}
	joined, err := url.Parse(u.Scheme + "://" + u.Host + base + beyond(base, p.Path))
	if err != nil {
		return "", fmt.Errorf("joining the endpoint and the probe path: %w", err)
	}
	return joined.String(), nil
}

// beyond is a path without the most of its first segments in which base ends
// already. The last segment stays: an endpoint that has all of them is no base.
func beyond(base, path string) string {
	for cut := strings.LastIndexByte(path, '/'); cut > 0; cut = strings.LastIndexByte(path[:cut], '/') {
		if strings.HasSuffix(base, path[:cut]) {
			return path[cut:]
		}
	}
	return path
}
