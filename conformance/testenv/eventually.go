package testenv

import (
	"testing"
	"time"
)

const pollEvery = 50 * time.Millisecond

// Eventually calls check until it returns nil. After the given time it fails
// the test with check's last error.
func Eventually(t testing.TB, within time.Duration, check func() error) {
	t.Helper()
	deadline := time.After(within)
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("still after %s: %v", within, err)
		case <-t.Context().Done():
			t.Fatalf("the test ended while waiting: %v", err)
		}
	}
}
