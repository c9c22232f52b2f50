package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/tracing"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const (
	callersTrace  = "0af7651916cd43dd8448eb211c80319c"
	callersSpan   = "b7ad6b7169203331"
	callersParent = "00-" + callersTrace + "-" + callersSpan + "-01"
)

// tracedTo has options trace to memory.
func tracedTo(t *testing.T, o Options) (Options, *tracetest.InMemoryExporter) {
	t.Helper()
	memory := tracetest.NewInMemoryExporter()
	o.Tracing = tracing.New(sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory),
		sdktrace.WithSampler(tracing.Bounded(sdktrace.ParentBased(sdktrace.AlwaysSample()), clock.RealClock{}))))
	return o, memory
}

// spansOf waits for so many spans: those of a request end after its reply.
func spansOf(t *testing.T, memory *tracetest.InMemoryExporter, n int) tracetest.SpanStubs {
	t.Helper()
	testenv.Eventually(t, soon, func() error {
		if got := len(memory.GetSpans()); got < n {
			return fmt.Errorf("%d spans, want %d", got, n)
		}
		return nil
	})
	return memory.GetSpans()
}

// attributesOf are those of a span, but for those that differ from run to run.
func attributesOf(span tracetest.SpanStub) map[string]string {
	all := map[string]string{}
	for _, a := range span.Attributes {
		switch a.Key {
		case "server.port", "url.full":
		default:
			all[string(a.Key)] = a.Value.String()
		}
	}
	return all
}

func TestTraceOfAList(t *testing.T) {
	o, memory := tracedTo(t, loopback())
	yes, no, broken := startBackend(t, status(http.StatusOK)), startBackend(t, status(http.StatusForbidden)), startBackend(t, status(http.StatusBadGateway))
	s := startService(t, o, model("a/yes", yes.URL), model("a/no", no.URL), model("b/broken", broken.URL))
	s.get(t, "/v1/models?kind=llmisvc&x=private-query", "private-token", header{"Traceparent": callersParent, "User-Agent": "private-agent"})

	got := map[string]any{}
	var server trace.SpanContext
	for _, span := range spansOf(t, memory, 5) {
		if span.SpanKind == trace.SpanKindServer {
			server = span.SpanContext
		}
	}
	for _, span := range memory.GetSpans() {
		parent := "another"
		switch span.Parent.SpanID() {
		case server.SpanID():
			parent = "the request"
		case mustSpanID(t, callersSpan):
			parent = "the caller"
		}
		attributes := attributesOf(span)
		name := span.Name + attributes["maas.model"]
		got[name] = map[string]any{"kind": span.SpanKind.String(), "parent": parent, "status": span.Status.Code.String(), "attributes": attributes}
		if trace := span.SpanContext.TraceID().String(); trace != callersTrace {
			t.Errorf("%s is in the trace %s, want the caller's", name, trace)
		}
		if text := fmt.Sprint(span.Attributes, span.Events, span.Name); strings.Contains(text, "private") {
			t.Errorf("%s tells what is private: %s", name, text)
		}
	}
	probe := func(model, outcome, code, status string, more map[string]string) map[string]any {
		attributes := map[string]string{"http.request.method": "GET", "server.address": "127.0.0.1", "maas.model": model, "maas.kind": "llmisvc",
			"maas.probe.outcome": outcome, "http.response.status_code": code}
		for name, value := range more {
			attributes[name] = value
		}
		return map[string]any{"kind": "client", "parent": "the request", "status": status, "attributes": attributes}
	}
	want := map[string]any{
		"GET /v1/models": map[string]any{"kind": "server", "parent": "the caller", "status": "Unset", "attributes": map[string]string{
			"http.request.method": "GET", "http.route": "/v1/models", "url.scheme": "http", "network.protocol.version": "1.1",
			"http.response.status_code": "200", "maas.models.listed": "1",
		}},
		"admission":   map[string]any{"kind": "internal", "parent": "the request", "status": "Unset", "attributes": map[string]string{"maas.admission.outcome": "admitted"}},
		"GETa/yes":    probe("a/yes", "allowed", "200", "Unset", nil),
		"GETa/no":     probe("a/no", "denied", "403", "Unset", nil),
		"GETb/broken": probe("b/broken", "server_error", "502", "Error", map[string]string{"error.type": "server_error"}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	if !strings.Contains(s.log.String(), `"trace_id":"`+callersTrace+`"`) {
		t.Errorf("the access log does not name the trace:\n%s", s.log)
	}
}

func mustSpanID(t *testing.T, hex string) trace.SpanID {
	t.Helper()
	id, err := trace.SpanIDFromHex(hex)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A request that finds its probe under way is linked to it, and has none of its own.
func TestTraceOfASharedProbe(t *testing.T) {
	o, memory := tracedTo(t, loopback())
	asked, answer := make(chan struct{}), make(chan struct{})
	backend := startBackend(t, func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-answer
	})
	s := startService(t, o, model("a/granite", backend.URL))
	var lists sync.WaitGroup
	lists.Go(func() { s.get(t, "/v1/models", "alice") })
	<-asked
	lists.Go(func() { s.get(t, "/v1/models", "alice") })
	testenv.Eventually(t, soon, func() error {
		if spans := memory.GetSpans(); len(spans) < 2 { // both are admitted
			return fmt.Errorf("%d spans", len(spans))
		}
		return nil
	})
	close(answer)
	lists.Wait()
	probes, links := map[trace.SpanID]bool{}, 0
	for _, span := range spansOf(t, memory, 5) {
		if span.SpanKind == trace.SpanKindClient {
			probes[span.SpanContext.SpanID()] = true
		}
	}
	for _, span := range memory.GetSpans() {
		for _, link := range span.Links {
			if probes[link.SpanContext.SpanID()] && span.SpanKind == trace.SpanKindServer {
				links++
			}
		}
	}
	if len(probes) != 1 || links != 1 {
		t.Errorf("%d probes, and %d requests that are linked to one; want one each", len(probes), links)
	}
}

// Backends learn of traces only where that is wanted, and then of no baggage.
func TestTraceContextOfProbes(t *testing.T) {
	for name, test := range map[string]struct {
		traces, forward bool
		// want says what the backend sees, given the caller's own context.
		want func(traceparent string) bool
	}{
		"not wanted":                 {true, false, func(got string) bool { return got == "" }},
		"not wanted, and not traced": {false, false, func(got string) bool { return got == "" }},
		"wanted: the probe is a parent": {true, true, func(got string) bool {
			return strings.HasPrefix(got, "00-"+callersTrace+"-") && !strings.Contains(got, callersSpan)
		}},
		"wanted, but not traced: the caller's goes through": {false, true, func(got string) bool { return got == callersParent }},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			if test.traces {
				o, _ = tracedTo(t, o)
			}
			o.ForwardTraceContext = test.forward
			seen := make(chan http.Header, 1)
			backend := startBackend(t, func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header })
			s := startService(t, o, model("a/granite", backend.URL))
			s.get(t, "/v1/models", "alice", header{"Traceparent": callersParent, "Tracestate": "vendor=1", "Baggage": "user=alice"})
			got := <-seen
			if !test.want(got.Get("Traceparent")) {
				t.Errorf("traceparent %q", got.Get("Traceparent"))
			}
			if got.Get("Tracestate") != "" || got.Get("Baggage") != "" {
				t.Errorf("tracestate %q and baggage %q, text of the caller's own, go to the backend", got.Get("Tracestate"), got.Get("Baggage"))
			}
		})
	}
}

// What is asked for a replica's health is no request of a caller's.
func TestWhatIsNotTraced(t *testing.T) {
	o, memory := tracedTo(t, loopback())
	s := startService(t, o)
	for _, path := range []string{"/healthz", "/readyz"} {
		s.get(t, path, "")
	}
	s.get(t, "/v1/nothing/private-path", "alice", header{"Traceparent": "00-" + callersTrace + "-" + callersSpan + "-00"})
	s.do(t, "INVENTED", "/v1/nothing/private-path", "alice")
	spans := spansOf(t, memory, 1)
	if len(spans) != 1 || spans[0].Name != "HTTP unknown" {
		t.Errorf("spans %v, want the one of the request whose caller did not ask for none", spans)
	}
	if got := attribute.NewSet(spans[0].Attributes...); strings.Contains(got.Encoded(attribute.DefaultEncoder()), "private") {
		t.Errorf("attributes %v", spans[0].Attributes)
	}
	if err := o.Tracing.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
