package draft_test

import (
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// states are objects of one type that differ in their status; the first serves.
func states(t *testing.T, statuses ...string) []draft.State {
	t.Helper()
	names := []string{"serving.yaml", "on-its-way.yaml", "failed.yaml"}
	var all []draft.State
	for i, status := range statuses {
		found, err := object.Read([]byte("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: granite, namespace: llm}\nstatus: " + status + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, draft.State{Name: names[i], Object: found[0]})
	}
	return all
}

// What tells the states apart is found where no word for it is the usual one, and what looks
// like an answer and is none is a comment.
func TestDraft(t *testing.T) {
	status := func(properties map[string]*contract.FieldSchema) *contract.FieldSchema {
		return &contract.FieldSchema{Properties: map[string]*contract.FieldSchema{"status": {Type: "object", Properties: properties}}}
	}
	text := func(description string) *contract.FieldSchema {
		return &contract.FieldSchema{Type: "string", Description: description}
	}
	conditions := &contract.FieldSchema{Type: "array", Items: &contract.FieldSchema{}, Description: `Example types: "DecodeAvailable" and "PrefillAvailable".`}
	for name, test := range map[string]struct {
		states    []draft.State
		contract  *contract.Contract
		has       []string
		wantReady bool
	}{
		"parts that were ready together, and a count": {
			states: states(t, `{decodeAvailable: 1, conditions: [{type: DecodeAvailable, status: "True"}, {type: PrefillAvailable, status: "True"}]}`,
				`{decodeAvailable: 0, conditions: [{type: DecodeAvailable, status: "True"}, {type: PrefillAvailable, status: "False", message: no node}]}`),
			has: []string{`- {is: Ready, when: [{condition: DecodeAvailable, status: "True"}, {condition: PrefillAvailable, status: "True"}, {path: $.status.decodeAvailable, atLeast: 1}]}`,
				"False (no node) in on-its-way.yaml"}, wantReady: true},
		"parts that were ready in every state tell nothing": {
			states: states(t, `{conditions: [{type: DecodeAvailable, status: "True"}]}`, `{conditions: [{type: DecodeAvailable, status: "True"}]}`),
			has:    []string{"say-what-is-ready", `# - {is: Ready, when: [{condition: DecodeAvailable, status: "True"}]}`}},
		"a flag": {
			states: states(t, `{ready: true}`, `{ready: false}`),
			has:    []string{`- {is: Ready, when: [{path: $.status.ready, equals: true}]}`}, wantReady: true},
		"a rollout past its deadline is no failure while it serves": {
			states: states(t, `{conditions: [{type: Ready, status: "True"}]}`, `{conditions: [{type: Ready, status: "False"}, {type: Progressing, status: "False", reason: ProgressDeadlineExceeded}]}`),
			has: []string{"    - {is: Ready, when: [{condition: Ready, status: \"True\"}]}\n    # condition Progressing: False (ProgressDeadlineExceeded) in on-its-way.yaml; absent in serving.yaml. Is this for good, or does the backend try again by itself? Then it is no failure.\n" +
				`    - {is: Failed, when: [{condition: Progressing, reasonIn: [ProgressDeadlineExceeded], status: "False"}]}`}, wantReady: true},
		"a reason that says failure may be tried again": {
			states: states(t, `{conditions: [{type: Ready, status: "True"}]}`, `{conditions: [{type: Ready, status: "False", reason: RevisionFailed}]}`),
			has:    []string{`# - {is: Failed, when: [{condition: Ready, reasonIn: [RevisionFailed], status: "False"}]}`, "noFailure: it is not known yet", "take one in"}, wantReady: true},
		"a message that says failure": {
			states: states(t, `{conditions: [{type: Available, status: "True"}]}`, `{conditions: [{type: Available, status: Unknown, message: starting}]}`,
				`{conditions: [{type: Available, status: "False", message: "Failed to reconcile: invalid"}]}`),
			has: []string{`# - {is: Failed, when: [{condition: Available, status: "False"}]}`, "Unknown (starting) in on-its-way.yaml; False (Failed to reconcile: invalid) in failed.yaml", "or only that everything was made?"}, wantReady: true},
		"a URL that is a credential": {
			states: states(t, `{ready: true, upload: {signedURL: "https://storage.example.com/x?sig=y"}}`),
			has:    []string{"noEndpoint", `#   - {path: $.status.upload.signedURL}`}, wantReady: true},
		"a URL with the path of an API": {
			states: states(t, `{ready: true, address: {url: "http://a.llm.svc:8000/api/v1.0/predictions"}}`),
			has:    []string{`- {path: $.status.address.url}`, "goes on to the path /api/v1.0/predictions", `capture: "^(https?://[^/]+)"`}, wantReady: true},
		"a version without the conditions": {
			states: states(t, `{conditions: [{type: Ready, status: "True"}]}`),
			contract: &contract.Contract{Group: "example.com", Kind: "Widget", Versions: map[string]*contract.FieldSchema{
				"v1": status(map[string]*contract.FieldSchema{"conditions": conditions}), "v1alpha1": status(nil)}},
			has: []string{"# Served as well: v1alpha1, whose status has no conditions.", "versions: [v1]"}, wantReady: true},
		"a CRD alone": {
			contract: &contract.Contract{Group: "example.com", Kind: "Widget", Versions: map[string]*contract.FieldSchema{
				"v1": status(map[string]*contract.FieldSchema{"conditions": conditions, "uploadURL": text("PUT the image here.")})}},
			has: []string{"It names DecodeAvailable, PrefillAvailable.", "noEndpoint", "#   - {path: $.status.uploadURL}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := draft.Of(draft.Input{States: test.states, Contract: test.contract})
			if err != nil {
				t.Fatal(err)
			}
			compiled(t, made.Name, made.Spec)
			if made.Ready != test.wantReady {
				t.Errorf("ready is %t, want %t", made.Ready, test.wantReady)
			}
			for _, line := range test.has {
				if !strings.Contains(made.Spec, line) {
					t.Errorf("it lacks %q:\n%s", line, made.Spec)
				}
			}
		})
	}
}
