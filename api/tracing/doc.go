// Package tracing makes OpenTelemetry traces of requests, as the standard environment
// variables say, and none without them. It decides what a stranger's trace context
// counts for.
package tracing
