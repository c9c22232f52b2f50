package referent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/reflector"
)

// pollInterval is how often discovery is asked for types that have no
// CustomResourceDefinition. Nothing announces a change of those.
const pollInterval = 30 * time.Second

// discoverer knows the types that have no CustomResourceDefinition: built-in
// and aggregated ones, and all types while definitions may not be read.
type discoverer struct {
	client  discovery.DiscoveryInterfaceWithContext
	clock   clock.Clock
	dates   clock.PassiveClock
	log     *slog.Logger
	changed func()
	ask     chan struct{}

	mu sync.Mutex
	// served of the types that are tracked, nil until they are asked for.
	served map[schema.GroupKind]*served
}

// track makes these the types that are asked for. The value is what is
// known without asking, or nil.
func (d *discoverer) track(types map[schema.GroupKind]*served) {
	d.mu.Lock()
	defer d.mu.Unlock()
	next, fresh := map[schema.GroupKind]*served{}, false
	for gk, known := range types {
		before, tracked := d.served[gk]
		switch {
		case known != nil:
			next[gk] = known
		case tracked:
			next[gk] = before
		default:
			next[gk], fresh = nil, true
		}
	}
	d.served = next
	if fresh {
		signal(d.ask)
	}
}

// lookup is false until discovery was asked for the type.
func (d *discoverer) lookup(gk schema.GroupKind) (served, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if o := d.served[gk]; o != nil {
		return *o, true
	}
	return served{}, false
}

// absent records that the API server does not serve the type, until the next
// poll.
func (d *discoverer) absent(gk schema.GroupKind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, tracked := d.served[gk]; tracked {
		d.served[gk] = &served{}
	}
}

func (d *discoverer) run(ctx context.Context) {
	failing := false
	for pace := reflector.NewBackoff(); ; {
		pause := pollInterval
		err := d.poll(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if pause = pace.Step(); !failing {
				d.log.WarnContext(ctx, "cannot ask the API server what it serves, trying again", "error", err)
			}
		default:
			pace = reflector.NewBackoff()
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-d.ask:
		case <-d.clock.After(pause):
		}
	}
}

func (d *discoverer) poll(ctx context.Context) error {
	d.mu.Lock()
	before := maps.Clone(d.served)
	d.mu.Unlock()
	if len(before) == 0 {
		return nil
	}
	groups, err := d.client.ServerGroupsWithContext(ctx)
	if err != nil {
		d.countAnew()
		return fmt.Errorf("listing API groups: %w", err)
	}
	var errs []error
	for gk, old := range before {
		found, err := d.find(ctx, groups, gk)
		if err != nil {
			errs = append(errs, err)
			if old != nil && old.fault == "" {
				continue // What was answered before stands.
			}
			found = d.unanswered(old, err)
		}
		d.mu.Lock()
		// Somebody who knew better may have spoken meanwhile.
		if current, tracked := d.served[gk]; tracked && current == old {
			d.served[gk] = &found
		}
		d.mu.Unlock()
	}
	d.changed()
	return errors.Join(errs...)
}

// unanswered is what is served of a type that the API server says nothing about,
// while it says which groups there are.
func (d *discoverer) unanswered(before *served, err error) served {
	o := served{fault: err.Error(), faulty: d.dates.Now()}
	if before != nil {
		o.fault, o.faulty = before.fault, before.faulty
	}
	o.lasting = d.dates.Since(o.faulty) >= unreadableAfter
	return o
}

// countAnew has what is faulty be so from now on: the API server has answered
// nothing at all.
func (d *discoverer) countAnew() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for gk, o := range d.served {
		if o != nil && o.fault != "" && !o.lasting {
			again := *o
			again.faulty = d.dates.Now()
			d.served[gk] = &again
		}
	}
}

// find asks every version of the type's group, because a kind may exist in some
// of them only.
func (d *discoverer) find(ctx context.Context, groups *metav1.APIGroupList, gk schema.GroupKind) (served, error) {
	var found served
	at := slices.IndexFunc(groups.Groups, func(g metav1.APIGroup) bool { return g.Name == gk.Group })
	if at < 0 {
		return found, nil
	}
	for _, version := range groups.Groups[at].Versions {
		resources, err := d.client.ServerResourcesForGroupVersionWithContext(ctx, version.GroupVersion)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return served{}, fmt.Errorf("listing the resources of %s: %w", version.GroupVersion, err)
		}
		for _, resource := range resources.APIResources {
			if resource.Kind == gk.Kind && !strings.Contains(resource.Name, "/") && slices.Contains(resource.Verbs, "watch") {
				found.resource, found.namespaced = resource.Name, resource.Namespaced
				found.versions = append(found.versions, version.Version)
			}
		}
	}
	return found, nil
}

// signal wakes whoever waits on a channel of capacity one.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
