package attacks

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/maas-kinds/maas/conformance/assets"
	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

// authorityDir names the folder in which the suite's certificate authority is.
const authorityDir = "MAAS_ATTACKS_AUTHORITY"

// proxy is an address at which nothing but a program that obeys the environment
// looks for a proxy.
const proxy = "http://203.0.113.99:8080"

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(isolate.Main(prepare, func() int { return server.Main(m) }))
}

// prepare does what needs the network outside, and what a process reads once
// when it starts: its environment.
func prepare() error {
	if assets.Forbidden() {
		return nil // the tests skip
	}
	ctx := context.Background()
	root, err := assets.FindRoot(".")
	if err != nil {
		return err
	}
	if _, err := assets.Ensure(ctx, root, os.Stderr); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "attacks-")
	if err != nil {
		return fmt.Errorf("making a folder for the suite's authority: %w", err)
	}
	if err := writeAuthority(dir); err != nil {
		return err
	}
	errs := []error{
		os.Setenv(authorityDir, dir),
		// The authority is one of the system's: strangers get certificates for
		// their own names in the world as well.
		os.Setenv("SSL_CERT_FILE", filepath.Join(dir, authorityFile)),
	}
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		errs = append(errs, os.Setenv(name, proxy))
	}
	// The API server is on loopback; kube-apiserver reads the variables too.
	errs = append(errs, os.Setenv("NO_PROXY", "127.0.0.1,localhost"))
	// Most of a row is waiting.
	errs = append(errs, flag.Set("test.parallel", "8"))
	return errors.Join(errs...)
}
