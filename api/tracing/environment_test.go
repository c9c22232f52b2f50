package tracing_test

import (
	"strings"
	"testing"

	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/tracing"
)

func TestFromEnvironment(t *testing.T) {
	const receiver = "http://127.0.0.1:4318"
	for name, test := range map[string]struct {
		variables map[string]string
		on        bool
		// says must all be in the error; none means that there is none.
		says []string
	}{
		"nothing":                         {nil, false, nil},
		"an endpoint":                     {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver}, true, nil},
		"an endpoint of traces":           {map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": receiver + "/v1/traces"}, true, nil},
		"the exporter's default endpoint": {map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, nil},
		"no exporter":                     {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_TRACES_EXPORTER": "none"}, false, nil},
		"disabled":                        {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_SDK_DISABLED": "TRUE"}, false, nil},
		"not disabled":                    {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_SDK_DISABLED": "1"}, true, nil},
		"every sampler":                   {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"}, true, nil},
		"everything wrong is said at once": {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_TRACES_EXPORTER": "zipkin", "OTEL_TRACES_SAMPLER": "sometimes"},
			false, []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "http/protobuf", "zipkin", "otlp or none", "sometimes", "parentbased_traceidratio"}},
		"a share that is none":         {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "NaN"}, false, []string{"OTEL_TRACES_SAMPLER_ARG", "between 0 and 1"}},
		"attributes in no form":        {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_RESOURCE_ATTRIBUTES": "zone"}, false, []string{"OTEL_RESOURCE_ATTRIBUTES"}},
		"what is off is not looked at": {map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "zipkin", "OTEL_TRACES_SAMPLER": "sometimes"}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range test.variables {
				t.Setenv(variable, value)
			}
			got, err := tracing.FromEnvironment(t.Context(), "maas-api", clock.RealClock{})
			if (got != nil) != test.on || (err == nil) != (len(test.says) == 0) {
				t.Errorf("on: %v, error %v; want on: %v, an error that says %q", got != nil, err, test.on, test.says)
			}
			for _, text := range test.says {
				if err != nil && !strings.Contains(err.Error(), text) {
					t.Errorf("the error does not say %q: %v", text, err)
				}
			}
			if err := got.Shutdown(t.Context()); err != nil {
				t.Errorf("shutting down: %v", err)
			}
		})
	}
}
