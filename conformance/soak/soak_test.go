package soak_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/soak"
	"github.com/maas-kinds/maas/conformance/testenv"
)

func TestMain(m *testing.M) {
	ctrllog.SetLogger(logr.Discard()) // unset, controller-runtime complains with a stack trace
	os.Exit(m.Run())
}

// A short run finds nothing wrong. Whether anything grows it cannot say: make soak does.
func TestShortSoak(t *testing.T) {
	testenv.NeedControlPlane(t)
	if testing.Short() {
		t.Skip("this plays for more than a minute: make test runs it")
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skipf("this needs /proc, as Linux has it: %v", err)
	}
	install.Sources(t)
	var progress strings.Builder
	result, err := soak.Run(t.Context(), soak.Options{
		Seed: 7, Lasts: 80 * time.Second, Models: 30, Root: testenv.Root(t), Dir: t.TempDir(), Progress: &progress,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	if result.Looks == 0 || result.Lists == 0 || result.Probes == 0 {
		t.Errorf("%d looks, %d lists, %d probes: nothing was held against anything", result.Looks, result.Lists, result.Probes)
	}
	for _, fault := range result.Faults {
		t.Errorf("seed %d: %s", result.Seed, fault)
	}
	if t.Failed() {
		t.Log(progress.String())
	}
}

// What cannot be played is said before anything is started, all of it at once.
func TestOptions(t *testing.T) {
	t.Parallel()
	_, err := soak.Run(t.Context(), soak.Options{Lasts: time.Second, Models: 1})
	for _, flag := range []string{"--time", "--models"} {
		if err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("the error does not say %s: %v", flag, err)
		}
	}
}
