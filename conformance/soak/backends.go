package soak

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// decoys are addresses that referents have beside their endpoints, and that nobody
// is to call.
const decoys sort = "decoy"

// arrival is a request that came to a backend.
type arrival struct {
	at            time.Time
	backend       sort
	host          string
	authorization []string
}

// backends are HTTP servers on loopback, one for each sort. Which model is meant, the
// Host says.
type backends struct {
	mu        sync.Mutex
	addresses map[sort]string
	servers   []*http.Server
	arrivals  []arrival
	total     int
}

func startBackends(ctx context.Context) (*backends, error) {
	b := &backends{addresses: map[sort]string{}}
	for _, s := range append(backed(), decoys) {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			b.close()
			return nil, fmt.Errorf("starting a backend: %w", err)
		}
		server := &http.Server{Handler: b.answering(s), ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		b.addresses[s] = listener.Addr().String()
		b.servers = append(b.servers, server)
		go func() { _ = server.Serve(listener) }()
	}
	return b, nil
}

func (b *backends) answering(s sort) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(r.Host); err == nil {
			host = name
		}
		b.mu.Lock()
		b.total++
		b.arrivals = append(b.arrivals, arrival{time.Now(), s, host, r.Header.Values("Authorization")})
		b.mu.Unlock()
		for _, caller := range callers() {
			if r.Header.Get("Authorization") == caller.authorization() && caller.lets(host) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"object":"list","data":[]}`))
				return
			}
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
}

// take gives what has come since it was last asked.
func (b *backends) take() []arrival {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.arrivals
	b.arrivals = nil
	return taken
}

func (b *backends) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}

// dialMap leads all hosts of each sort to its server.
func (b *backends) dialMap() []string {
	var flags []string
	for s, address := range b.addresses {
		flags = append(flags, fmt.Sprintf("--dial-map=*.%s.%s=%s", s, domain, address))
	}
	return flags
}

func (b *backends) close() {
	var errs []error
	for _, server := range b.servers {
		errs = append(errs, server.Close())
	}
	_ = errors.Join(errs...)
}
