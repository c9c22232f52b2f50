package tenants_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// recordedPorts are those at which the whole world is listened to.
func recordedPorts() []string {
	return []string{"80", "443", "6443", "8000", "8080", "9000", "10250"}
}

// recorder stands at every address of the world. It writes down whoever brings a
// token, and lets everybody in: a model that the API asks there is listed.
type recorder struct {
	mu   sync.Mutex
	hits []hit
	// backends are the addresses that tokens may go to.
	backends map[netip.Addr]bool
}

// hit is one request with a token.
type hit struct {
	address       netip.Addr
	port          string
	authorization string
	path          string
}

func startRecorder(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{backends: map[netip.Addr]bool{}}
	for _, port := range recordedPorts() {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":"+port)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
		served := make(chan struct{})
		go func() {
			defer close(served)
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				t.Errorf("recording at port %s: %v", port, err)
			}
		}()
		t.Cleanup(func() {
			_ = server.Close()
			<-served
		})
	}
	return r
}

// ServeHTTP implements http.Handler.
func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	local, _ := request.Context().Value(http.LocalAddrContextKey).(net.Addr)
	to, err := netip.ParseAddrPort(local.String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	address := to.Addr().Unmap()
	authorization := request.Header.Get("Authorization")
	r.mu.Lock()
	if authorization != "" {
		r.hits = append(r.hits, hit{address, fmt.Sprint(to.Port()), authorization, request.URL.Path})
	}
	r.mu.Unlock()
}

// allow makes an address one that tokens may go to.
func (r *recorder) allow(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.backends[netip.MustParseAddr(address)] = true
}

// got says whether an address was brought a token that contains a mark.
func (r *recorder) got(address, mark string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.hits {
		if h.address == netip.MustParseAddr(address) && strings.Contains(h.authorization, mark) {
			return true
		}
	}
	return false
}

// astray are the places where a token with a mark came, and none may go.
func (r *recorder) astray(mark string) (found []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.hits {
		if _, allowed := r.backends[h.address]; !allowed && strings.Contains(h.authorization, mark) {
			found = append(found, fmt.Sprintf("%s:%s got %q for %s", h.address, h.port, h.authorization, h.path))
		}
	}
	return found
}
