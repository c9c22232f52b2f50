package testenv

import (
	"net"
	"net/url"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Plane is an API server that a test may stop, start again and slow down.
type Plane struct {
	*Env
	// Etcd is the API server's line to its store.
	Etcd *Line

	// clients is the line of everybody to the API server. Cut, it ends their
	// watches: the API server would wait a minute for them to end by themselves.
	clients *Line
	control *envtest.Environment
}

// StartPlane starts an API server for one test, with a line to its etcd, and
// stops it at the test's end.
func StartPlane(t testing.TB) *Plane {
	t.Helper()
	NeedControlPlane(t)
	store := &url.URL{Scheme: "http", Host: FreeAddress(t)}
	p := &Plane{Etcd: NewLine(t, store.Host)}
	// Its own would go when the server stops, and nobody could log in again.
	certificates := t.TempDir()
	var err error
	p.Env, err = start(t.Context(), Root(t), func(control *envtest.Environment) {
		p.control = control
		control.ControlPlane.Etcd.URL = store
		server := control.ControlPlane.GetAPIServer()
		server.CertDir = certificates
		server.Configure().Set("etcd-servers", "http://"+p.Etcd.Address)
	})
	if err != nil {
		t.Fatalf("starting the API server: %v", err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("stopping the API server: %v", err)
		}
	})
	p.clients = NewLine(t, p.Config.Host)
	p.Config.Host = "https://" + p.clients.Address
	if p.Client, err = client.NewWithWatch(p.Config, client.Options{Scheme: p.Client.Scheme()}); err != nil {
		t.Fatalf("making a client: %v", err)
	}
	return p
}

// StopServer stops the API server; etcd goes on.
func (p *Plane) StopServer(t testing.TB) {
	t.Helper()
	p.clients.Cut()
	if err := p.control.ControlPlane.GetAPIServer().Stop(); err != nil {
		t.Fatalf("stopping the API server: %v", err)
	}
}

// StartServer starts the API server again: at its address, with its
// certificates and its data.
func (p *Plane) StartServer(t testing.TB) {
	t.Helper()
	if err := p.control.ControlPlane.GetAPIServer().Start(); err != nil {
		t.Fatalf("starting the API server again: %v", err)
	}
	p.clients.Mend(t)
}

// FreeAddress is a host and port of this machine that nobody listened at just now.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
