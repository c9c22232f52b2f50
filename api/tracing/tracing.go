package tracing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"
)

// Scope is the name of what makes the spans.
const Scope = "github.com/maas-kinds/maas/api"

// ListedKey counts the models in a reply.
const ListedKey = attribute.Key("maas.models.listed")

// Tracing makes spans of requests. A nil one makes none.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// New makes spans that go to a provider, which it shuts down in the end.
func New(provider *sdktrace.TracerProvider) *Tracing {
	return &Tracing{provider: provider, tracer: provider.Tracer(Scope)}
}

// Shutdown sends what is left, as long as ctx lets it.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("sending the last traces: %w", err)
	}
	return nil
}

// Extract gives the request with the traceparent of its header. Its tracestate and
// baggage are a stranger's text, for backends to stumble over and spans to grow by.
func Extract(r *http.Request) *http.Request {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	parent := trace.SpanContextFromContext(ctx).WithTraceState(trace.TraceState{})
	return r.WithContext(trace.ContextWithRemoteSpanContext(ctx, parent))
}

// Inject writes the trace context of ctx into a header.
func Inject(ctx context.Context, header http.Header) {
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(header))
}

// Span is a request under way.
type Span struct{ span trace.Span }

// Without is a context in which nothing is traced, for what goes on long after the
// list that a trace is of.
func Without(ctx context.Context) context.Context { return trace.ContextWithSpan(ctx, nil) }

// Request begins the span of a request at a route. The caller's trace context is its
// parent. Neither path nor query is told, since people put credentials there, and no
// header; a method that is none of the known ones is "other".
func (t *Tracing) Request(r *http.Request, route, method string) (*http.Request, Span) {
	r = Extract(r)
	name := method
	if method == "other" {
		method, name = "_OTHER", "HTTP"
	}
	ctx, span := t.tracer.Start(r.Context(), name+" "+route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route), semconv.URLScheme(scheme(r)),
		semconv.NetworkProtocolVersion(fmt.Sprintf("%d.%d", r.ProtoMajor, r.ProtoMinor)),
	))
	return r.WithContext(ctx), Span{span}
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// End says what came of the request. The zero Span has none.
func (s Span) End(status, listed int) {
	if s.span == nil {
		return
	}
	s.span.SetAttributes(semconv.HTTPResponseStatusCode(status), ListedKey.Int(listed))
	if status >= http.StatusInternalServerError {
		s.span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(status)))
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// ID of the trace, empty where the request is not traced.
func (s Span) ID() string {
	if s.span == nil || !s.span.SpanContext().IsSampled() {
		return ""
	}
	return s.span.SpanContext().TraceID().String()
}
