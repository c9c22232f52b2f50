package modelkind

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// Origin is the name of this source of kind-specs. It comes after all others:
// a resource replaces the kind of the same name that was read from a file.
const Origin = "modelkinds"

// Sources take kind-specs and say which of them are in force.
type Sources interface {
	// Parser compiles what is put in.
	Parser() *registry.Parser
	// Put puts documents in the place of those that the origin had before.
	Put(ctx context.Context, origin string, documents []registry.SpecDocument)
	// Watch gives all documents and what has become of them, and a channel that
	// is closed when that changes.
	Watch() ([]registry.Entry, <-chan struct{})
	// Try is what there would be if the origin had other documents.
	Try(origin string, documents []registry.SpecDocument) *registry.Registry
	// Kinds is the set in force.
	Kinds() *kind.Live
}

// Options is what New needs. Every field has to be set.
type Options struct {
	Cluster *rest.Config
	Sources Sources
	Clock   clock.Clock
	Log     *slog.Logger
}

// Resources follows the ModelKinds of a cluster.
type Resources struct {
	options Options
	client  client.WithWatch
	// settled is closed when it is known which ModelKinds there are.
	settled chan struct{}
	settle  func()

	mu      sync.Mutex
	held    map[string]held
	changed chan struct{}
}

// held is a ModelKind and what its spec compiles to.
type held struct {
	object   *Resource
	document registry.SpecDocument
	// misfit is why its last good revision of before this process is not taken;
	// empty where it is, and where none is needed.
	misfit string
}

// New does nothing until Run.
func New(options Options) (*Resources, error) {
	scheme := runtime.NewScheme()
	addToScheme(scheme)
	if err := appsv1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("building the scheme: %w", err)
	}
	// The types that are read are known: no discovery, which would have to be
	// repeated until the CRD is installed.
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{v1alpha1.GroupVersion})
	mapper.Add(v1alpha1.GroupVersion.WithKind("ModelKind"), meta.RESTScopeRoot)
	mapper.Add(appsv1.SchemeGroupVersion.WithKind("ControllerRevision"), meta.RESTScopeNamespace)
	following, err := client.NewWithWatch(options.Cluster, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		return nil, fmt.Errorf("preparing to watch ModelKinds: %w", err)
	}
	r := &Resources{
		options: options, client: following, settled: make(chan struct{}),
		held: map[string]held{}, changed: make(chan struct{}),
	}
	r.settle = sync.OnceFunc(func() { close(r.settled) })
	return r, nil
}

// Settled is closed when the ModelKinds of the start are offered, or when it is
// known that there can be none: their CRD is not installed, or they may not be
// read. What is decided before would take their kinds for unknown.
func (r *Resources) Settled() <-chan struct{} { return r.settled }

// misfit is why the last good revision of a ModelKind is not taken.
func (r *Resources) misfit(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[name].misfit
}

// Watch gives the ModelKinds in no order, and a channel that is closed when
// they change. They are shared: do not change them.
func (r *Resources) Watch() ([]*Resource, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	objects := make([]*Resource, 0, len(r.held))
	for _, h := range r.held {
		objects = append(objects, h.object)
	}
	return objects, r.changed
}
