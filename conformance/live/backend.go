package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// authorization has every character that a token may have, and is no secret.
const authorization = "Bearer sha256~AZaz09-._~+/=="

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// behaviour is a way in which a backend answers.
type behaviour struct {
	name, does string
	// status is 0 where no answer comes.
	status int
	listed bool
}

// behaviours are the seed rules of access.
func behaviours() []behaviour {
	all := []behaviour{{name: "hang", does: "never answers"}}
	for _, status := range []int{200, 204, 405, 301, 401, 403, 404, 500} {
		all = append(all, behaviour{
			name: fmt.Sprint(status), does: fmt.Sprintf("answers %d", status), status: status,
			listed: slices.Contains([]int{200, 204, 405}, status),
		})
	}
	return all
}

// perModel are the behaviours of the backends by the names of their models.
func perModel() map[string]behaviour {
	all := map[string]behaviour{}
	for _, b := range behaviours() {
		all[ownModel+b.name], all[referenceModel+b.name] = b, b
	}
	return all
}

// backends are real HTTP servers, one for each model: what is
// remembered of one endpoint must not spread to another.
type backends struct {
	mu        sync.Mutex
	addresses map[string]string
	headers   map[string][][]string
	servers   []*http.Server
}

func startBackends(ctx context.Context) (*backends, error) {
	b := &backends{addresses: map[string]string{}, headers: map[string][][]string{}}
	for name, one := range perModel() {
		var listening net.ListenConfig
		listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			b.close()
			return nil, fmt.Errorf("starting a backend: %w", err)
		}
		server := &http.Server{Handler: b.answering(name, one), ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		b.addresses[name] = "http://" + listener.Addr().String()
		b.servers = append(b.servers, server)
		go func() { _ = server.Serve(listener) }()
	}
	return b, nil
}

func (b *backends) answering(name string, one behaviour) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.headers[name] = append(b.headers[name], r.Header.Values("Authorization"))
		b.mu.Unlock()
		switch one.status {
		case 0:
			<-r.Context().Done()
			return
		case http.StatusMovedPermanently:
			w.Header().Set("Location", b.url(ownModel+"200")+"/v1/models")
		}
		w.WriteHeader(one.status)
	})
}

func (b *backends) url(name string) string { return b.addresses[name] }

// seen are the Authorization headers of each request that came.
func (b *backends) seen(name string) [][]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.headers[name])
}

func (b *backends) close() {
	for _, server := range b.servers {
		_ = server.Close()
	}
}

// service is a running listing API.
type service struct {
	url    string
	client *http.Client
	cancel context.CancelFunc
	done   chan error
}

// serve runs the listing API for the models of some namespaces.
func (l *listing) serve(ctx context.Context, namespaces []string) (*service, error) {
	o := api.DefaultOptions()
	o.MetricsListen, o.ShutdownDelay, o.Namespaces = "0", 0, namespaces
	o.TrustedHosts, o.AllowHTTP, o.AllowCIDRs = []string{"127.0.0.1"}, true, loopback()
	// Enough for a busy machine; the backend that never answers takes all of it.
	o.Limits.ProbeTimeout, o.Limits.Budget = 2*time.Second, 3*time.Second
	o.Cluster, o.Kinds, o.Clock = l.options.Config, kind.NewLive(l.kinds), clock.RealClock{}
	o.Log, o.Registry = slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	made, err := api.New(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("setting up the listing API: %w", err)
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the listing API: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &service{url: "http://" + listener.Addr().String(), client: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}, cancel: cancel, done: make(chan error, 1)}
	go func() { s.done <- made.Serve(ctx, listener, nil) }()
	return s, nil
}

func (s *service) stop() error {
	s.client.CloseIdleConnections()
	s.cancel()
	if err := <-s.done; err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the listing API ended with: %w", err)
	}
	return nil
}

// list gives what is listed, by id.
func (s *service) list(ctx context.Context) (map[string]map[string]any, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/v1/models", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", authorization)
	response, err := s.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the listing API: %w", err)
	}
	defer response.Body.Close()
	body, err := folder.Limit{What: "a list of models", Bytes: 16 << 20}.Read(response.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	var list struct{ Data []map[string]any }
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the listing API answers %d: %s", response.StatusCode, body)
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	found := map[string]map[string]any{}
	for _, model := range list.Data {
		found[fmt.Sprint(model["id"])] = model
	}
	return found, nil
}
