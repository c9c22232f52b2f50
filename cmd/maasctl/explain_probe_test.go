package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the API asks is in the explanation, by the kind's policy.
func TestExplainProbe(t *testing.T) {
	for name, tc := range map[string]struct{ probe, state, text, json string }{
		"a base URL that ends in v1": {
			"{path: /v1/models}", "Ready", "probe     GET https://h.example.com/saas/v1/models, expects NoPage\n", `"url": "https://h.example.com/saas/v1/models"`},
		"what is expected": {
			"{expect: JSON, method: HEAD}", "Ready", "probe     HEAD https://h.example.com/saas/v1/models, expects JSON\n", `"expect": "JSON"`},
		"awake": {
			"{policy: WhenAwake}", "Ready", "probe     GET https://h.example.com/saas/v1/models, expects NoPage\n", `"expect": "NoPage"`},
		"asleep": {
			"{policy: WhenAwake}", "Asleep", "expects NoPage; not while the backend sleeps, as it does now\n", `"asleep": true`},
		"asleep, and woken all the same": {
			"{policy: PerCaller}", "Asleep", "probe     GET https://h.example.com/saas/v1/models, expects NoPage\n", `"expect": "NoPage"`},
		"never": {
			"{policy: Never}", "Ready", "probe     none, every caller sees the model while it is Ready\n", `"probe": null`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, content := range map[string]string{
				"kinds/Sleeper/kind.yaml": `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: sleeper}
spec:
  description: a backend of this test
  referent: {group: example.com, kind: Sleeper, versions: [v1]}
  health:
    - {is: Ready, when: [{path: $.status.state, equals: Ready}]}
    - {is: Servable, when: [{path: $.status.state, equals: Asleep}]}
  noFailure: it exists in a test only
  endpoint: [{path: $.status.url}]
  probe: ` + tc.probe + "\n",
				"object.yaml": "{apiVersion: example.com/v1, kind: Sleeper, metadata: {name: a, namespace: lab}, status: {state: " + tc.state + ", url: 'https://h.example.com/saas/v1'}}\n",
			} {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for format, want := range map[string]string{"text": tc.text, "json": tc.json} {
				got := maasctl(t, "", "explain", "--kinds-dir", filepath.Join(dir, "kinds"), "-f", filepath.Join(dir, "object.yaml"), "-o", format)
				if !strings.Contains(got.out, want) {
					t.Errorf("%s lacks %q:\n%s", format, want, got.out)
				}
				if asleep := strings.Contains(got.out, `"asleep"`); format == "json" && asleep != strings.Contains(want, "asleep") {
					t.Errorf("asleep is there: %t", asleep)
				}
			}
		})
	}
}
