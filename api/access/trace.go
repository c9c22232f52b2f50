package access

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/maas-kinds/maas/api/tracing"
)

// What the semantic conventions have no name for.
const (
	modelKey     = attribute.Key("maas.model")
	kindKey      = attribute.Key("maas.kind")
	outcomeKey   = attribute.Key("maas.probe.outcome")
	admissionKey = attribute.Key("maas.admission.outcome")
)

// underWay has the spans of probes under way, for those who join them. A probe is a
// child of the request that has sent it. What it finds is for others as well; their
// requests have links to it.
type underWay struct{ spans sync.Map }

// traced begins a span below that of a request that is recorded. Others cost a look.
func traced(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer(tracing.Scope).Start(ctx, name, options...)
}

func isTraced(ctx context.Context) bool { return trace.SpanFromContext(ctx).IsRecording() }

// enter is admission.enter with a span of the wait.
func (c *Checker) enter(ctx context.Context, key partyKey, known bool, seats int) (*party, time.Duration) {
	if !isTraced(ctx) {
		return c.admission.enter(ctx, key, known, seats)
	}
	_, span := traced(ctx, "admission")
	defer span.End()
	party, later := c.admission.enter(ctx, key, known, seats)
	outcome := "admitted"
	if party == nil {
		outcome = "turned_away"
	}
	span.SetAttributes(admissionKey.String(outcome))
	return party, later
}

// begin begins the span of a probe. Its URL has no query.
func (u *underWay) begin(ctx context.Context, key decisionKey, target *Target) (context.Context, trace.Span) {
	if !isTraced(ctx) {
		return ctx, noop.Span{}
	}
	port, _ := strconv.Atoi(portOf(target.url)) // a URL that was parsed has digits there
	ctx, span := traced(ctx, target.probe.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		semconv.HTTPRequestMethodKey.String(target.probe.Method), semconv.URLFull(withoutQuery(target.url)),
		semconv.ServerAddress(target.url.Hostname()), semconv.ServerPort(port),
		modelKey.String(target.model), kindKey.String(target.kind),
	))
	u.spans.Store(key, span.SpanContext())
	return ctx, span
}

// end says what came of a probe. A denial is what probes are for, and no error.
func (u *underWay) end(span trace.Span, key decisionKey, result outcome) {
	if !span.IsRecording() {
		return
	}
	u.spans.Delete(key)
	span.SetAttributes(outcomeKey.String(string(result)))
	if result.blame() != answers {
		span.SetAttributes(semconv.ErrorTypeKey.String(string(result)))
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// join links a request to the probe under way that it shares.
func (u *underWay) join(ctx context.Context, key decisionKey) {
	if !isTraced(ctx) {
		return
	}
	if shared, ok := u.spans.Load(key); ok {
		if probe, ok := shared.(trace.SpanContext); ok {
			trace.SpanFromContext(ctx).AddLink(trace.Link{SpanContext: probe})
		}
	}
}

func withoutQuery(u *url.URL) string {
	plain := *u
	plain.RawQuery, plain.Fragment, plain.User = "", "", nil
	return plain.String()
}

// tracedTransport notes the status of each answer, and tells backends of the trace
// where that is wanted.
type tracedTransport struct {
	*transport
	forward bool
}

// RoundTrip implements http.RoundTripper.
func (t tracedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if p := probingOf(r.Context()); t.forward && p != nil {
		r.Header = r.Header.Clone()
		tracing.Inject(r.Context(), r.Header)
		p.hasOwnHeader = true
	}
	response, err := t.transport.RoundTrip(r)
	if err == nil && isTraced(r.Context()) {
		trace.SpanFromContext(r.Context()).SetAttributes(semconv.HTTPResponseStatusCode(response.StatusCode))
	}
	return response, err
}
