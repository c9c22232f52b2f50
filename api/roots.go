package api

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind/folder"
)

const (
	// maxRootsSize in bytes: what browsers trust, all in one file, has a quarter of it.
	maxRootsSize = 1 << 20
	// maxRootFaults are named at a time.
	maxRootFaults = 10
	// rootsInterval is how often the file is read. Nothing has to announce a change:
	// a mounted Secret changes by a link above the file, and some file systems tell
	// nothing. To read as much as this is cheaper than to watch all that leads to it.
	rootsInterval = 2 * time.Second
)

// roots are the authorities that https endpoints are held against: the system's,
// and those of --backend-ca-file as it is.
type roots struct {
	file  string
	log   *slog.Logger
	clock clock.WithTicker
	good  prometheus.Gauge
	// pool is what the content, the last without a fault, came to; nil without a
	// file.
	pool    *x509.CertPool
	content []byte
	// fault of the file as it was read last.
	fault string
}

// newRoots reads the file for the first time. It has to be without fault then.
func newRoots(o Options) (*roots, error) {
	r := &roots{file: o.BackendCAFile, log: o.Log, clock: o.Clock, good: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "maas_api_backend_ca_reload_success",
		Help: "1 while the file of --backend-ca-file is in force as it is, 0 while it has a fault and the last good one is.",
	})}
	if r.file == "" {
		return r, nil
	}
	var err error
	if r.content, err = r.read(); err == nil {
		r.pool, err = parseRoots(r.content)
	}
	if err != nil {
		return nil, fmt.Errorf("--backend-ca-file: %s: %w", r.file, err)
	}
	r.good.Set(1)
	return r, nil
}

// follow gives to replace what the file has become, until ctx ends.
func (r *roots) follow(ctx context.Context, replace func(*x509.CertPool)) {
	if r.file == "" {
		return
	}
	ticker := r.clock.NewTicker(rootsInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C():
			r.readAgain(ctx, replace)
		}
	}
}

func (r *roots) readAgain(ctx context.Context, replace func(*x509.CertPool)) {
	content, err := r.read()
	if err == nil && bytes.Equal(content, r.content) {
		if r.fault != "" {
			r.log.InfoContext(ctx, "the file of --backend-ca-file is again as it was", "file", r.file)
		}
		r.fault = ""
		r.good.Set(1)
		return
	}
	var pool *x509.CertPool
	if err == nil {
		pool, err = parseRoots(content)
	}
	if err != nil {
		r.good.Set(0)
		if r.fault != err.Error() {
			r.fault = err.Error()
			r.log.WarnContext(ctx, "the file of --backend-ca-file has a fault: the certificates that it held last stay in force", "file", r.file, "error", err,
				"hint", "write a file of certificates in PEM beside it, and rename that to it; the restart of a replica would fail")
		}
		return
	}
	r.pool, r.content, r.fault = pool, content, ""
	replace(pool)
	r.good.Set(1)
	r.log.InfoContext(ctx, "the file of --backend-ca-file has changed: new connections are held against it", "file", r.file)
}

func (r *roots) read() ([]byte, error) {
	return folder.Limit{What: "a file of certificates", Bytes: maxRootsSize}.ReadFile(os.DirFS(filepath.Dir(r.file)), filepath.Base(r.file))
}

// parseRoots adds the certificates of a file to those of the system. One that
// cannot be read is a fault of the whole, or half a file would be taken for one.
func parseRoots(content []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	var faults []error
	blocks, certificates := 0, 0
	block, rest := pem.Decode(content)
	for ; block != nil; block, rest = pem.Decode(rest) {
		blocks++
		// The others are passed over, as by x509.CertPool.AppendCertsFromPEM.
		if block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			faults = append(faults, fmt.Errorf("PEM block %d is no certificate: %w", blocks, err))
			continue
		}
		certificates++
		pool.AddCert(certificate)
	}
	if begun := bytes.Count(content, []byte("-----BEGIN ")); begun > blocks {
		faults = append(faults, fmt.Errorf("it has %d PEM blocks, and %d of them are cut off or garbled", begun, begun-blocks))
	}
	if len(faults) > maxRootFaults {
		faults = append(faults[:maxRootFaults], fmt.Errorf("and %d more", len(faults)-maxRootFaults))
	}
	if certificates == 0 && len(faults) == 0 {
		return nil, errors.New("it holds no certificate in PEM")
	}
	return pool, errors.Join(faults...)
}
