package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/resolve"
	"github.com/maas-kinds/maas/kinds"
)

// startsWithin is how long the controller may take to read the kinds.
const startsWithin = 5 * time.Second

// oracle says what statuses must be. It keeps nothing but which revision of the
// widgets' kind was the last good one.
type oracle struct {
	cast    []member
	machine *phase.Machine
	// spec is the ModelKind that good was made from, or that was refused.
	spec string
	// good is the set with the last good revision, and field what that reads of a
	// widget. without is the set without any.
	good, without *kind.Set
	field         string
	// refusedSince is when the one that is there was refused; zero while it is good.
	refusedSince time.Time
}

func newOracle(cast []member) (*oracle, error) {
	machine, err := phase.New()
	if err != nil {
		return nil, err
	}
	o := &oracle{cast: cast, machine: machine}
	if o.without, err = compile(nil); err != nil {
		return nil, err
	}
	o.good = o.without
	return o, nil
}

// compile makes the set of those built-in kinds that are played with, that of the
// gadgets, and that of a ModelKind.
func compile(modelKind *unstructured.Unstructured) (*kind.Set, error) {
	specs := fstest.MapFS{}
	for _, name := range []string{"Service", "Endpoint", "MaaSModel"} {
		content, err := kinds.FS.ReadFile(name + "/kind.yaml")
		if err != nil {
			return nil, err
		}
		specs[name+".yaml"] = &fstest.MapFile{Data: content}
	}
	content, err := files.ReadFile("kinds/gadget.yaml")
	if err != nil {
		return nil, err
	}
	specs["gadget.yaml"] = &fstest.MapFile{Data: content}
	if modelKind != nil {
		content, err := json.Marshal(map[string]any{
			"apiVersion": modelKind.GetAPIVersion(), "kind": modelKind.GetKind(),
			"metadata": map[string]any{"name": modelKind.GetName()}, "spec": modelKind.Object["spec"],
		})
		if err != nil {
			return nil, err
		}
		specs["widget.yaml"] = &fstest.MapFile{Data: content}
	}
	return registry.Load(registry.Source{FS: specs})
}

// follow takes up the ModelKind of the widgets as it is now.
func (o *oracle) follow(s *snapshot) error {
	if s.widgetKind == nil {
		o.spec, o.good, o.field, o.refusedSince = "", o.without, "", time.Time{}
		return nil
	}
	content, err := json.Marshal(s.widgetKind.Object["spec"])
	if err != nil || string(content) == o.spec {
		return err
	}
	o.spec = string(content)
	set, err := compile(s.widgetKind)
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		o.refusedSince = s.at
	case err != nil:
		return err
	default:
		o.good, o.field, o.refusedSince = set, fieldOf(s.widgetKind), time.Time{}
	}
	return nil
}

// fieldOf is the field of a widget's status that its kind reads the endpoint from.
func fieldOf(modelKind *unstructured.Unstructured) string {
	candidates, _, _ := unstructured.NestedSlice(modelKind.Object, "spec", "endpoint")
	if len(candidates) == 0 {
		return ""
	}
	one, _ := candidates[0].(map[string]any)
	path, _ := one["path"].(string)
	return strings.TrimPrefix(path, "$.status.")
}

// sighting is a model as it is and as it must be.
type sighting struct {
	name string
	// must is what must be, without what depends on the status that there is.
	must string
	// wrong is how the status differs; empty where it does not.
	wrong string
	// ready is set where the difference is a model that is Ready and must not be, or
	// is so at another endpoint.
	ready bool
	// grace is how much longer than usual the difference may last.
	grace time.Duration
	// serves says whether the model must be Ready, and host where.
	serves bool
	host   string
}

// look says of each model that is there how it is and must be. startedAt is when the
// controller began: one that began while the widgets' kind was refused knows of no
// good revision.
func (o *oracle) look(ctx context.Context, s *snapshot, startedAt time.Time) ([]sighting, error) {
	if err := o.follow(s); err != nil {
		return nil, err
	}
	var all []sighting
	for _, m := range o.cast {
		if s.models[m.name] == nil {
			continue
		}
		sets, fields := []*kind.Set{o.good}, []string{o.field}
		// It may have begun before it read that the kind is refused.
		if !o.refusedSince.IsZero() && startedAt.Add(startsWithin).After(o.refusedSince) {
			sets, fields = append(sets, o.without), append(fields, "")
		}
		var best sighting
		for i, set := range sets {
			one, err := o.one(ctx, m, s, set, fields[i])
			if err != nil {
				return nil, err
			}
			if i == 0 || one.wrong == "" && best.wrong != "" {
				best = one
			}
		}
		all = append(all, best)
	}
	return all, nil
}

func (o *oracle) one(ctx context.Context, m member, s *snapshot, set *kind.Set, field string) (sighting, error) {
	model, byHand := s.models[m.name], byHand(m, s, field)
	rules := endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	observation := resolve.Model(set, model, s, resolve.Options{Rules: rules})
	decided, err := o.machine.Decide(ctx, model, observation, s.at)
	if err != nil {
		return sighting{}, fmt.Errorf("deciding on %s: %w", m.name, err)
	}
	seen := sighting{
		name: m.name, must: fmt.Sprintf("%s %s, by the engine %s %s", byHand.outcome, byHand.host, decided.Event, decided.Reason), grace: observation.Dwell,
		serves: byHand.outcome == serves, host: byHand.host,
	}
	if m.sort == aliases { // one after the other
		seen.grace += observation.Dwell + settle
	}
	phaseWrong, endpointWrong := compare(model.Status, decided.Status, byHand)
	seen.wrong = strings.Join(slices.DeleteFunc([]string{phaseWrong, endpointWrong}, func(t string) bool { return t == "" }), "; ")
	if phaseWrong == "" && endpointWrong != "" {
		seen.grace += alternation
	}
	isReady := model.Status.Phase == v1alpha1.PhaseReady
	seen.ready = isReady && (!seen.serves || endpointWrong != "")
	return seen, nil
}

// compare says how a status differs from what the engine decides of it, which would
// change nothing, and from what must be by hand.
func compare(got, decided v1alpha1.MaaSModelStatus, byHand hand) (phaseWrong, endpointWrong string) {
	switch {
	case got.Phase != decided.Phase:
		phaseWrong = fmt.Sprintf("phase %s, must be %s (%s)", got.Phase, decided.Phase, readyReason(decided))
	case !byHand.outcome.allows(got.Phase) && readyReason(got) != v1alpha1.ReasonBackendFlapping:
		phaseWrong = fmt.Sprintf("phase %s, must by hand be %s", got.Phase, byHand.outcome)
	case readyReason(got) != readyReason(decided):
		phaseWrong = fmt.Sprintf("reason %s, must be %s", readyReason(got), readyReason(decided))
	}
	switch {
	case got.Endpoint != decided.Endpoint:
		endpointWrong = fmt.Sprintf("endpoint %q, must be %q", got.Endpoint, decided.Endpoint)
	case byHand.outcome == serves && hostIn(got.Endpoint) != byHand.host:
		endpointWrong = fmt.Sprintf("endpoint %q, must by hand be at %s", got.Endpoint, byHand.host)
	}
	return phaseWrong, endpointWrong
}

func readyReason(status v1alpha1.MaaSModelStatus) string {
	if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady); c != nil {
		return c.Reason
	}
	return "none"
}

// hostIn is the host of an endpoint, without its port.
func hostIn(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
