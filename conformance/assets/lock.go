package assets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// lockPoll is how often a waiting process asks for the lock. flock(2) can wait
// by itself, but not until a context is done.
const lockPoll = 200 * time.Millisecond

// lock takes the lock file at path, across processes. The kernel gives it back
// when the holder exits, however it exits.
func lock(ctx context.Context, path string, progress io.Writer) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	start, reported := time.Now(), time.Time{}
	for {
		held, err := tryLock(file)
		switch {
		case err != nil:
			return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), file.Close())
		case held:
			return func() { _ = file.Close() }, nil
		}
		if time.Since(reported) >= reportEvery {
			reported = time.Now()
			say(progress, "another process is building the binaries; waiting for it, %s so far (lock file %s)", seconds(time.Since(start)), path)
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("locking %s: %w", path, context.Cause(ctx)), file.Close())
		}
	}
}
