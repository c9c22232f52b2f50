package attacks

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"crypto/rand"
	"crypto/tls"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// scene is what one row has to itself: a namespace, its models and their
// backends, an API that lists them, and callers.
type scene struct {
	*world
	t         *testing.T
	fault     fault
	namespace string
	// witness is a caller, and steady the name of a model that has nothing to do
	// with the attack: its backend lets the witness in, and nobody else.
	witness *caller
	options []func(*api.Options)

	starting sync.Once
	subject  *subject

	mu      sync.Mutex
	failed  []string
	parties []*party
	models  []*v1alpha1.MaaSModel
	callers []*caller
	// heard is all that clients were answered.
	heard []*record
}

const steady = "steady"

func (w *world) newScene(t *testing.T, f fault) *scene {
	t.Helper()
	s := &scene{world: w, t: t, fault: f, namespace: w.env.Namespace(t)}
	s.witness = s.caller("witness")
	s.offer(steady, s.backend(steady, s.admits(s.witness)).url(""))
	return s
}

// caller is somebody with a token that nobody else has.
type caller struct {
	name string
	// mark is what the token is known by, wherever it turns up.
	mark string
}

func (s *scene) caller(name string) *caller {
	c := &caller{name: name, mark: s.prefix + rand.Text()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callers = append(s.callers, c)
	return c
}

func (c *caller) authorization() string { return "Bearer " + c.mark }

// errorf says what is not as it has to be. The row goes on.
func (s *scene) errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = append(s.failed, fmt.Sprintf(format, args...))
}

func (s *scene) failures() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.failed)
}

// place puts a party at an address. Whoever lists asks all backends of the scene,
// so that the tokens of its callers may come there, unless the party is closed.
func (s *scene) place(p *party) *party {
	s.t.Helper()
	s.network.put(s.t, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parties = append(s.parties, p)
	return p
}

// backend puts a backend behind a Service of that name.
func (s *scene) backend(name string, serve func(net.Conn)) *party {
	s.t.Helper()
	at := s.service()
	s.names.set(s.host(name)+".cluster.local", &zone{turns: [][]netip.Addr{{at}}})
	return s.place(&party{at: netip.AddrPortFrom(at, 80), host: s.host(name), serve: serve})
}

// secure is a backend that speaks TLS.
func (s *scene) secure(name string, config *tls.Config, serve func(net.Conn)) *party {
	s.t.Helper()
	at := s.service()
	s.names.set(s.host(name)+".cluster.local", &zone{turns: [][]netip.Addr{{at}}})
	return s.place(&party{at: netip.AddrPortFrom(at, 443), host: s.host(name), config: config, serve: serve})
}

// host is the name of a Service in the scene's namespace.
func (s *scene) host(name string) string { return name + "." + s.namespace + ".svc" }

// url is the endpoint of a party, with a path below it.
func (p *party) url(path string) string {
	if p.config != nil {
		return "https://" + p.host + path
	}
	return "http://" + p.host + path
}

// admits lets the given callers in, and answers 401 to others.
func (s *scene) admits(callers ...*caller) func(net.Conn) {
	return speaking(func(x *exchange) { x.status(admission(x, callers...)) })
}

func admission(x *exchange, callers ...*caller) int {
	if slices.ContainsFunc(callers, func(c *caller) bool { return c.authorization() == x.authorization() }) {
		return http.StatusOK
	}
	return http.StatusUnauthorized
}

// offer publishes a model, as the controller does when its backend is ready.
func (s *scene) offer(name, endpoint string) {
	s.t.Helper()
	model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}}
	model.Spec.ModelRef = v1alpha1.ModelReference{Kind: "Endpoint", Name: name}
	model.Status = v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: endpoint, Kind: "Endpoint"}
	status := model.Status
	if err := s.env.Client.Create(s.t.Context(), model); err != nil {
		s.t.Fatal(err)
	}
	model.Status = status
	if err := s.env.Client.Status().Update(s.t.Context(), model); err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = append(s.models, model)
}

// configure changes the options of the API, before it is asked anything.
func (s *scene) configure(change func(*api.Options)) { s.options = append(s.options, change) }

// finish ends a row: somebody who has nothing to do with it is still served, and
// no token is where none may be.
func (s *scene) finish() {
	s.expectListed(s.witness, steady)
	s.lookForTokens()
	s.subject.stop()
	s.expectClean("the log", s.subject.log.String())
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.parties {
		s.network.remove(p)
	}
}

// ids are the ids in a list.
func (r reply) ids() []string {
	var found []string
	for _, part := range strings.Split(r.body, `"id":"`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		found = append(found, id)
	}
	return found
}
