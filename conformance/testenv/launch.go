package testenv

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// running are the control planes of this process. An interrupt has to stop all
// of them: they are in process groups of their own, where Ctrl-C in a terminal
// does not reach them.
var running struct { //nolint:gochecknoglobals // signals come to the process, not to a test
	sync.Mutex
	planes map[*envtest.Environment]bool
}

func launch(control *envtest.Environment) (*rest.Config, error) {
	running.Lock()
	defer running.Unlock()
	if running.planes == nil {
		running.planes = map[*envtest.Environment]bool{}
		stopAllOnInterrupt()
	}
	config, err := control.Start()
	if err != nil {
		_ = control.Stop() // the half of it that did start
		return nil, err
	}
	running.planes[control] = true
	return config, nil
}

func halt(control *envtest.Environment) error {
	running.Lock()
	defer running.Unlock()
	delete(running.planes, control)
	return control.Stop()
}

func stopAllOnInterrupt() {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupts
		// Kept until the end: the tests run on for now, and must not start another.
		running.Lock()
		for control := range running.planes {
			_ = control.Stop()
		}
		os.Exit(130)
	}()
}
