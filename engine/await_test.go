package engine

import (
	"context"
	"testing"
)

// Nothing is decided before the networks of the cluster have been read, where
// somebody reads them: what was published before a restart stays published.
func TestInsideIsAwaited(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	settled := make(chan struct{})
	e := &engine{options: Options{InsideSettled: settled}}
	if err := e.awaitInside(ended); err == nil {
		t.Error("it is not waited for")
	}
	close(settled)
	if err := e.awaitInside(t.Context()); err != nil {
		t.Errorf("it has settled: %v", err)
	}
	if err := (&engine{}).awaitInside(ended); err != nil {
		t.Errorf("nobody reads it: %v", err)
	}
}
