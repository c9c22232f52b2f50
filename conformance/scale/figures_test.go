package scale

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		names   string
		ballast int
		want    []Row
		says    []string
	}{
		"one":                      {"llmisvc-1000", 0, []Row{{Kind: "llmisvc", Models: 1000}}, nil},
		"two, with a blank":        {"llmisvc-1, service-50000", 0, []Row{{Kind: "llmisvc", Models: 1}, {Kind: "service", Models: 50_000}}, nil},
		"without and with ballast": {"service-7", 3, []Row{{Kind: "service", Models: 7}, {Kind: "service", Models: 7, Ballast: 3}}, nil},
		"the defaults":             {DefaultRows, 0, []Row{{Kind: "llmisvc", Models: 1000}, {Kind: "service", Models: 1000}, {Kind: "llmisvc", Models: 10_000}, {Kind: "service", Models: 10_000}}, nil},
		"all faults at once":       {"gadget-1,llmisvc,llmisvc-x,llmisvc-0,llmisvc-50001", 0, nil, []string{`"gadget-1"`, `"llmisvc"`, `"llmisvc-x"`, `"llmisvc-0"`, `"llmisvc-50001"`, "such as llmisvc-1000"}},
		"nothing":                  {"", 0, nil, []string{"llmisvc or service"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseRows(test.names, test.ballast)
			if (err == nil) != (len(test.says) == 0) {
				t.Fatalf("error %v, want one that says %q", err, test.says)
			}
			for _, text := range test.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error does not say %s: %v", text, err)
				}
			}
			if diff := cmp.Diff(test.want, got); err == nil && diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i) // in any order
	}
	for name, test := range map[string]struct {
		all  []time.Duration
		q    float64
		want time.Duration
	}{
		"none":    {nil, .5, 0},
		"one":     {[]time.Duration{7}, .99, 7},
		"half":    {hundred, .5, 51},
		"p99":     {hundred, .99, 100},
		"longest": {hundred, 1, 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := quantile(test.all, test.q); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

// What Linux says in /proc/PID/stat and status.
func TestProcessFiles(t *testing.T) {
	t.Parallel()
	const behind = " S 1 1 1 0 -1 4194560 1000 0 5 0 "
	for name, test := range map[string]struct {
		stat string
		want time.Duration
	}{
		"user and system time":                {"42 (maas-controller)" + behind + "123 45 0 0 20 0 9 0", 1680 * time.Millisecond},
		"a name with blanks and parentheses":  {"42 (a) b) (c" + ") S 1 1 1 0 -1 4194560 1000 0 5 0 1 2 0", 30 * time.Millisecond},
		"a file that ends early is no figure": {"42 (maas-controller) S 1 1", -1},
		"words are no figure":                 {"42 (maas-controller)" + behind + "x 45 0", -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseCPU(test.stat)
			if err != nil {
				got = -1
			}
			if got != test.want {
				t.Errorf("got %v (%v), want %v", got, err, test.want)
			}
		})
	}
	for name, test := range map[string]struct{ status, want string }{
		"both":                      {"Name:\tmaas-controller\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t9\n", "1048576 2097152 <nil>"},
		"a process that is no more": {"Name:\tmaas-controller\nState:\tZ (zombie)\n", "0 0 no VmRSS and VmHWM"},
		"another unit":              {"VmHWM:\t1 MB\nVmRSS:\t1 MB\n", `0 0 VmHWM: strconv.ParseUint: parsing "1 MB": invalid syntax`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, most, err := parseSizes(test.status)
			if diff := cmp.Diff(test.want, fmt.Sprint(now, most, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A process is quiet when it has used less than two ticks for half a second, since
// it used more.
func TestQuiet(t *testing.T) {
	t.Parallel()
	type look struct{ at, used time.Duration }
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		looks []look
		quiet bool
		since time.Duration
	}{
		"the first look":          {[]look{{0, 0}}, false, 0},
		"at work":                 {[]look{{0, 0}, {300 * ms, 100 * ms}, {600 * ms, 200 * ms}}, false, 600 * ms},
		"quiet from the start":    {[]look{{0, 0}, {500 * ms, 0}}, true, 0},
		"quiet after work":        {[]look{{0, 0}, {300 * ms, 100 * ms}, {800 * ms, 110 * ms}}, true, 300 * ms},
		"for not long enough":     {[]look{{0, 0}, {300 * ms, 100 * ms}, {799 * ms, 100 * ms}}, false, 300 * ms},
		"a lease that is renewed": {[]look{{0, 0}, {400 * ms, 10 * ms}, {500 * ms, 10 * ms}}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin, q, got := time.Unix(1000, 0), quiet{}, false
			for _, l := range test.looks {
				got = q.since(begin.Add(l.at), l.used)
			}
			if since := q.from.Sub(begin); got != test.quiet || since != test.since {
				t.Errorf("quiet %t since %v, want %t since %v", got, since, test.quiet, test.since)
			}
		})
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	before := map[string]string{"a/a": "1", "a/b": "2"}
	for name, test := range map[string]struct {
		after map[string]string
		want  int
	}{
		"nothing": {map[string]string{"a/a": "1", "a/b": "2"}, 0},
		"written": {map[string]string{"a/a": "1", "a/b": "3"}, 1},
		"made":    {map[string]string{"a/a": "1", "a/b": "2", "a/c": "4"}, 1},
		"deleted": {map[string]string{"a/a": "1"}, 1},
		"all":     {map[string]string{"b/a": "1"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := changed(before, test.after); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestWriteTable(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	results := []Result{{
		Row: Row{Kind: "llmisvc", Models: 100, Ballast: 5}, RawBefore: 300, RawAfter: 100, Created: time.Second, Ready: 2 * time.Second, CPUReady: 150 * ms,
		Flips:      []time.Duration{3 * ms, ms, 2 * ms},
		Idle:       8 << 20,
		First:      Process{Usage: Usage{CPU: 1500 * ms, Resident: 50 << 20, MostAtOnce: 60 << 20, HeapInUse: 20 << 20, HeapLive: 10 << 20}, Reconciles: 250},
		Again:      Process{Usage: Usage{CPU: 500 * ms, Resident: 40 << 20, MostAtOnce: 45 << 20, HeapLive: 9 << 20}, Reconciles: 100},
		ReadyAgain: 250 * ms, DecidedAgain: 750 * ms, WrittenAgain: 1,
	}}
	var table bytes.Buffer
	if err := WriteTable(&table, time.Unix(0, 0), results); err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(table.String(), "\n\n")
	if !strings.HasPrefix(head, "1970-01-01 00:00 UTC, ") {
		t.Errorf("the table begins with %q, want the date", head)
	}
	want := `| | llmisvc-100 beside 5 × 256 KB |
| --- | ---: |
| raw: statuses/s before and after | 300, 100 |
| models made within, s | 1 |
| last model Ready after, s | 2 |
| **models/s to Ready** | 50 |
| **of the raw rate** | 0.25 |
| reconciles a model | 2.5 |
| controller's CPU, ms a model | 1.5 |
| flip to status, p50 ms | 2 |
| flip to status, p99 ms | 3 |
| flip to status, longest ms | 3 |
| at the end: CPU in all, s | 1.5 |
| at the end: RSS, MB | 50 |
| at the end: largest RSS, MB | 60 |
| at the end: heap in use, MB | 20 |
| at the end: live heap, MB | 10 |
| **heap a model, KB** | 20.5 |
| restart: /readyz after, s | 0.25 |
| restart: all models decided on after, s | 0.75 |
| restart: **statuses written** | 1 |
| restart: reconciles a model | 1 |
| restart: CPU in all, s | 0.5 |
| restart: RSS, MB | 40 |
| restart: largest RSS, MB | 45 |
| restart: live heap, MB | 9 |
`
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every backend of the rows says by itself that it serves: nothing is to be done
// until its models are Ready.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		backend backend
		kinds   string
		// not is what its last object is told when it serves no more.
		not string
	}{
		"llmisvc": {backends()["llmisvc"], "LLMInferenceService model-00012", "conditions"},
		"service": {backends()["service"], "Service model-00012, EndpointSlice model-00012-x7k2p", "endpoints"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template, err := newTemplate(test.backend)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			copies := template.copies(key(12))
			for _, o := range copies {
				got = append(got, o.GetKind()+" "+o.GetName())
				if o.GetNamespace() != "maas-scale-2" || o.GetUID() != "" || o.GetResourceVersion() != "" || len(o.GetFinalizers()) > 0 {
					t.Errorf("%s is no object to make: %v", o.GetName(), o.Object["metadata"])
				}
			}
			if diff := cmp.Diff(test.kinds, strings.Join(got, ", ")); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			last := copies[len(copies)-1]
			if serves, not := fmt.Sprint(test.backend.ready(last, true)), fmt.Sprint(test.backend.ready(last, false)); serves == not || !strings.Contains(not, test.not) {
				t.Errorf("a backend that serves is told by %s, and one that does not by %s", serves, not)
			}
		})
	}
	if _, err := newTemplate(backend{folder: "gadget"}); err == nil {
		t.Error("a kind that is not there has a template")
	}
}
