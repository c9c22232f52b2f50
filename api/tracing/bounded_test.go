package tracing_test

import (
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/maas-kinds/maas/api/tracing"
)

// chosen is a trace id that any share of traces has.
var chosen = trace.TraceID{15: 1}

func TestBounded(t *testing.T) {
	const requests = 1000
	for name, test := range map[string]struct {
		sampler sdktrace.Sampler
		remote  bool
		flags   trace.TraceFlags
		// least and most are how many of a thousand requests at once are sampled.
		least, most int
	}{
		"a flag of strangers counts for some requests":      {sdktrace.ParentBased(sdktrace.NeverSample()), true, trace.FlagsSampled, 20, 20},
		"the others are sampled as requests without it":     {sdktrace.ParentBased(sdktrace.AlwaysSample()), true, trace.FlagsSampled, requests, requests},
		"or as few of them are":                             {sdktrace.ParentBased(sdktrace.TraceIDRatioBased(.01)), true, trace.FlagsSampled, 20, 100},
		"a chosen id is no better":                          {sdktrace.TraceIDRatioBased(.01), true, 0, 20, 100},
		"a flag that is not set is believed":                {sdktrace.ParentBased(sdktrace.AlwaysSample()), true, 0, 0, 0},
		"spans within follow the request, whatever sampler": {sdktrace.NeverSample(), false, trace.FlagsSampled, requests, requests},
		"also where it is not sampled":                      {sdktrace.AlwaysSample(), false, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			clock := clocktesting.NewFakeClock(time.Unix(0, 0))
			bounded := tracing.Bounded(test.sampler, clock)
			parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: chosen, SpanID: trace.SpanID{1}, TraceFlags: test.flags, Remote: test.remote})
			count := func(n int) (sampled int) {
				for range n {
					result := bounded.ShouldSample(sdktrace.SamplingParameters{ParentContext: trace.ContextWithSpanContext(t.Context(), parent), TraceID: chosen})
					if result.Decision == sdktrace.RecordAndSample {
						sampled++
					}
				}
				return sampled
			}
			if got := count(requests); got < test.least || got > test.most {
				t.Errorf("%d of %d are sampled, want %d to %d", got, requests, test.least, test.most)
			}
			if clock.Step(time.Second); test.most == 20 {
				if got := count(requests); got != 10 {
					t.Errorf("%d are sampled in the next second, want 10", got)
				}
			}
		})
	}
}
