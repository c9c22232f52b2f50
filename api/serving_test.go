package api

import (
	"crypto/tls"
	"net"
	"path/filepath"
	"testing"
)

// served is where a service is served, with what is counted of its clients.
type served struct {
	*connections
	address string
}

// serveOn serves s as Serve does, but that nothing stops it gently.
func serveOn(t testing.TB, s *service, o Options, secure bool) served {
	t.Helper()
	o.Log = s.handler.log
	clients := newConnections(o.MaxConnections)
	bound := listen(t)
	var listener net.Listener = boundedListener{bound, clients}
	if secure {
		dir := t.TempDir()
		o.TLSCertFile, o.TLSKeyFile = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
		writeCertificate(t, o, 1)
		certificate, err := tls.LoadX509KeyPair(o.TLSCertFile, o.TLSKeyFile)
		if err != nil {
			t.Fatal(err)
		}
		listener = tls.NewListener(listener, &tls.Config{
			MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"},
		})
	}
	server := (&API{options: o, handler: s.handler}).server(s.handler, clients)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return served{clients, bound.Addr().String()}
}
