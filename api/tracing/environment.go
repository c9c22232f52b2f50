package tracing

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"k8s.io/utils/clock"
)

// The standard variables that this package reads itself. The exporter and the SDK
// read the rest: OTEL_EXPORTER_OTLP_*, OTEL_BSP_*, OTEL_SPAN_*, OTEL_RESOURCE_ATTRIBUTES.
// Source: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables.
const (
	sdkDisabled      = "OTEL_SDK_DISABLED"
	exporter         = "OTEL_TRACES_EXPORTER"
	endpoint         = "OTEL_EXPORTER_OTLP_ENDPOINT"
	tracesEndpoint   = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	protocol         = "OTEL_EXPORTER_OTLP_PROTOCOL"
	tracesProtocol   = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
	sampler          = "OTEL_TRACES_SAMPLER"
	samplerArg       = "OTEL_TRACES_SAMPLER_ARG"
	httpProtobuf     = "http/protobuf"
	exporterOTLP     = "otlp"
	exporterNone     = "none"
	defaultSampler   = "parentbased_always_on"
	samplersToChoose = "always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio"
)

// FromEnvironment makes what the standard variables say: nil where there is no
// endpoint, OTEL_TRACES_EXPORTER is none, or OTEL_SDK_DISABLED is true. The
// specification would send to localhost without an endpoint: that takes
// OTEL_TRACES_EXPORTER=otlp here. The error holds everything that is wrong.
func FromEnvironment(ctx context.Context, service string, clock clock.PassiveClock) (*Tracing, error) {
	on, err := enabled()
	if !on && err == nil {
		return nil, nil
	}
	chosen, samplerErr := samplerFromEnvironment()
	if err := errors.Join(err, samplerErr); err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("making the exporter of traces: %w", err)
	}
	// What the environment says of the service comes later, and counts.
	described, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(semconv.ServiceName(service)), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: %w", err), exporter.Shutdown(ctx))
	}
	return New(sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter), sdktrace.WithResource(described), sdktrace.WithSampler(Bounded(chosen, clock)),
	)), nil
}

// enabled says whether traces are wanted.
func enabled() (bool, error) {
	if strings.EqualFold(os.Getenv(sdkDisabled), "true") {
		return false, nil
	}
	var errs []error
	on := os.Getenv(endpoint) != "" || os.Getenv(tracesEndpoint) != ""
	switch os.Getenv(exporter) {
	case "":
	case exporterOTLP:
		on = true
	case exporterNone:
		return false, nil
	default:
		errs = append(errs, fmt.Errorf("%s: %q is no exporter of this program, write otlp or none", exporter, os.Getenv(exporter)))
	}
	for _, name := range []string{protocol, tracesProtocol} {
		if value := os.Getenv(name); on && value != "" && value != httpProtobuf {
			errs = append(errs, fmt.Errorf("%s: %q is not spoken, write %s and the receiver's port for it, 4318 by default", name, value, httpProtobuf))
		}
	}
	for _, name := range []string{endpoint, tracesEndpoint} {
		value := os.Getenv(name)
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			errs = append(errs, fmt.Errorf("%s: write a URL, for example http://collector.observability.svc:4318", name))
		}
	}
	return on, errors.Join(errs...)
}

func samplerFromEnvironment() (sdktrace.Sampler, error) {
	name := strings.ToLower(strings.TrimSpace(os.Getenv(sampler)))
	if name == "" {
		name = defaultSampler
	}
	parent, isParentBased := strings.CutPrefix(name, "parentbased_")
	var root sdktrace.Sampler
	switch parent {
	case "always_on":
		root = sdktrace.AlwaysSample()
	case "always_off":
		root = sdktrace.NeverSample()
	case "traceidratio":
		ratio, err := 1.0, error(nil)
		if arg := strings.TrimSpace(os.Getenv(samplerArg)); arg != "" {
			ratio, err = strconv.ParseFloat(arg, 64)
		}
		if err != nil || !(ratio >= 0 && ratio <= 1) {
			return nil, fmt.Errorf("%s: %q is no number between 0 and 1", samplerArg, os.Getenv(samplerArg))
		}
		root = sdktrace.TraceIDRatioBased(ratio)
	default:
		return nil, fmt.Errorf("%s: there is no %q here, write %s", sampler, name, samplersToChoose)
	}
	if isParentBased {
		root = sdktrace.ParentBased(root)
	}
	return root, nil
}
