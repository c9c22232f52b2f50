package tracing

import (
	"crypto/rand"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/time/rate"
	"k8s.io/utils/clock"
)

const (
	// callersRate and callersBurst are the requests a second, and at once, whose
	// callers may have them sampled by their trace context.
	callersRate, callersBurst = 10, 20
)

// Bounded is a sampler for a service whose callers are strangers. A caller chooses
// the trace id and the sampled flag of its trace context, and could have each of its
// requests traced: of samplers that follow the parent by the flag, of those that
// sample a share of traces by the id. So a caller's context counts for some requests
// a second. The others are sampled as requests without any: they keep their
// parent, and the sampler decides by an id that nobody chose. A flag that is not set
// is left to the sampler.
//
// Spans within this process follow the request's.
func Bounded(next sdktrace.Sampler, clock clock.PassiveClock) sdktrace.Sampler {
	return bounded{next: next, limiter: rate.NewLimiter(callersRate, callersBurst), clock: clock}
}

type bounded struct {
	next    sdktrace.Sampler
	limiter *rate.Limiter
	clock   clock.PassiveClock
}

// ShouldSample is part of sdktrace.Sampler.
func (b bounded) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	parent := trace.SpanContextFromContext(p.ParentContext)
	switch {
	case !parent.IsValid():
		return b.next.ShouldSample(p)
	case !parent.IsRemote():
		decision := sdktrace.Drop
		if parent.IsSampled() {
			decision = sdktrace.RecordAndSample
		}
		return sdktrace.SamplingResult{Decision: decision, Tracestate: parent.TraceState()}
	}
	result := b.next.ShouldSample(p)
	if result.Decision == sdktrace.Drop || b.limiter.AllowN(b.clock.Now(), 1) {
		return result
	}
	p.ParentContext = trace.ContextWithSpanContext(p.ParentContext, trace.SpanContext{})
	rand.Read(p.TraceID[:]) // never fails, see crypto/rand
	result = b.next.ShouldSample(p)
	result.Tracestate = parent.TraceState()
	return result
}

// Description is part of sdktrace.Sampler.
func (b bounded) Description() string { return "Bounded{" + b.next.Description() + "}" }
