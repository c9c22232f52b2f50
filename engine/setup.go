package engine

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry/modelkind"
)

// ControllerName is the controller's name in events, metrics and logs.
const ControllerName = "maas-controller"

// Options is what Setup needs besides a manager.
type Options struct {
	// Kinds in force. They may be replaced while the engine runs.
	Kinds *kind.Live
	// ModelKinds are resources that kinds come from; nil for none. They are
	// waited for before anything is decided, and their statuses are written.
	ModelKinds *modelkind.Resources
	// Rules that endpoints are held against.
	Rules endpoint.Rules
	// Inside is what is known of the cluster, whose networks the names of Services
	// have to lead to. Models are decided on anew when it changes. Nil knows no
	// network, and takes the names for those of endpoint.DefaultClusterDomain.
	Inside *endpoint.LiveCluster
	// InsideSettled is closed when Inside knows what there is to know at the
	// start; nothing is decided before. Nil does not wait.
	InsideSettled <-chan struct{}
	// Trust is what the API is told of where callers' credentials may go: Ready
	// models that it leaves out say so. Nil says nothing.
	Trust *endpoint.Trust
	// CrossNamespace bounds what kinds say about references into other
	// namespaces; by the kinds alone when empty.
	CrossNamespace kind.CrossNamespacePolicy
	// IDNamespace is where it is kept which namespace each model's name is held
	// for, in ConfigMaps, and the last good revisions of ModelKinds, in
	// ControllerRevisions; nowhere when empty.
	IDNamespace string
	// UnusedAfter is how long the objects that a kind reads are watched after its
	// last model has gone; five minutes when 0.
	UnusedAfter time.Duration
	// Registerer holds the metrics while the engine runs.
	Registerer prometheus.Registerer
	// Clock says what time it is for dwell and conditions; the system's when nil.
	Clock clock.PassiveClock
}

// Setup adds the engine to a manager, and readiness checks for it. The
// manager's scheme has to know api/v1alpha1. Neither the CRD of MaaSModel nor
// those of the kinds need to be installed: the engine waits for them.
func Setup(mgr manager.Manager, options Options) error {
	if options.Kinds == nil || options.Registerer == nil {
		return errors.New("setting up the engine: Kinds and Registerer are required")
	}
	if options.Clock == nil {
		options.Clock = clock.RealClock{}
	}
	if options.Inside == nil {
		options.Inside = &endpoint.LiveCluster{}
	}
	options.UnusedAfter = cmp.Or(options.UnusedAfter, unusedAfter)
	machine, err := phase.New()
	if err != nil {
		return fmt.Errorf("checking the state machine: %w", err)
	}
	e := &engine{manager: mgr, options: options, machine: machine, metrics: newMetrics(), reports: make(chan struct{}, 1)}
	if err := errors.Join(mgr.AddReadyzCheck("models", e.ready), mgr.AddReadyzCheck("referents", e.watching)); err != nil {
		return fmt.Errorf("adding the readiness checks: %w", err)
	}
	if err := mgr.Add(e); err != nil {
		return fmt.Errorf("adding the engine to the manager: %w", err)
	}
	return nil
}
