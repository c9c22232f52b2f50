package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
)

const (
	// pingAfter and pingTimeout are how long nothing may come over a connection with
	// the API server before it is asked for a sign of life, and how long that may
	// take: one that is silent is given up after eight seconds. client-go would take 45.
	pingAfter, pingTimeout = "5", "3"
	// dialTimeout is how long a new connection may take to be made, and then to bring
	// a first answer. While packets are lost, attempts at a connection are repeated at
	// intervals that double: a new attempt is sooner.
	dialTimeout = 5 * time.Second
)

// PingAPIServer has silent connections with the API server noticed soon. Whoever has
// set client-go's own variables keeps what they say; client-go has no other way to
// be told (SetTransportDefaults of k8s.io/apimachinery/pkg/util/net). It is for main
// alone, as RouteKlog is.
func PingAPIServer() error {
	var errs []error
	for name, value := range map[string]string{"HTTP2_READ_IDLE_TIMEOUT_SECONDS": pingAfter, "HTTP2_PING_TIMEOUT_SECONDS": pingTimeout} {
		if os.Getenv(name) == "" {
			errs = append(errs, os.Setenv(name, value))
		}
	}
	return errors.Join(errs...)
}

// Impatient has connections made in good time, or not at all: for programs that try
// again for as long as they run.
func Impatient(config *rest.Config) {
	config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		made, err := (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if err := made.SetReadDeadline(clock.RealClock{}.Now().Add(dialTimeout)); err != nil {
			return nil, errors.Join(fmt.Errorf("bounding the wait for %s: %w", address, err), made.Close())
		}
		return &answering{Conn: made}, nil
	}
}

// answering is a connection whose other end has to begin in time. It may then be
// silent for as long as pings allow.
type answering struct {
	net.Conn
	begun sync.Once
}

// Read is part of net.Conn.
func (a *answering) Read(to []byte) (int, error) {
	n, err := a.Conn.Read(to)
	if n > 0 {
		// It fails where the connection is closed, which the next Read says.
		a.begun.Do(func() { _ = a.SetReadDeadline(time.Time{}) })
	}
	return n, err
}
