package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// The manners in which backends answer. What is none of them is the duration after
// which a backend lets everybody in.
const (
	// hangs never answers.
	hangs = "hangs"
	// denies turns everybody away, after denyAfter.
	denies    = "denies"
	denyAfter = 600 * time.Millisecond
	// troubles lets everybody in, but for the tokens that begin with trouble.
	troubles = "troubles"
	trouble  = "trouble-"
)

// ServeBackends serves model backends at a free port of loopback until the input
// ends, and writes where on the output: /MANNER/NUMBER is the endpoint of a model.
func ServeBackends(ctx context.Context, in io.Reader, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for probes: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(answer), ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return errors.Join(err, server.Close())
	}
	_, _ = io.Copy(io.Discard, in) // it ends when whoever started this does
	_ = server.Close()
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func answer(w http.ResponseWriter, r *http.Request) {
	manner, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	after, status := time.Duration(0), http.StatusOK
	switch manner {
	case hangs:
		after = -1
	case denies:
		after, status = denyAfter, http.StatusUnauthorized
	case troubles:
		switch strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "+trouble) {
		case "429":
			status = http.StatusTooManyRequests
		case "500":
			status = http.StatusInternalServerError
		case "silence":
			after = -1
		}
	default:
		var err error
		if after, err = time.ParseDuration(manner); err != nil {
			status = http.StatusNotFound
		}
	}
	if after < 0 {
		<-r.Context().Done()
		return
	}
	if after > 0 {
		select {
		case <-time.After(after):
		case <-r.Context().Done():
			return
		}
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"object":"list","data":[]}`)
}

// startBackends runs the command that serves backends, and gives their base URL.
func startBackends(ctx context.Context, command []string) (base string, stop func() error, err error) {
	process := exec.CommandContext(ctx, command[0], command[1:]...)
	process.Stderr = os.Stderr
	in, inErr := process.StdinPipe()
	out, outErr := process.StdoutPipe()
	if err := errors.Join(inErr, outErr, process.Start()); err != nil {
		return "", nil, fmt.Errorf("starting the backends: %w", err)
	}
	stop = func() error { return errors.Join(in.Close(), process.Wait()) }
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("the backends do not say where they are: %w", err), stop())
	}
	return "http://" + strings.TrimSpace(address), stop, nil
}
