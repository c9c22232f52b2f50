package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
)

// schemaAddress is where editors read the schema of a kind-spec that may lie anywhere.
const schemaAddress = "https://raw.githubusercontent.com/maas-kinds/maas/main/schemas/kindspec.schema.json"

// draft writes a first kind-spec. Comments say what has been guessed.
func draft(name string, f findings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n", schemaAddress)
	fmt.Fprintf(&b, "# A first kind-spec, made by maasctl new: every comment marks something to decide.\n")
	fmt.Fprintf(&b, "apiVersion: maas.opendatahub.io/v1alpha1\nkind: ModelKind\nmetadata: {name: %s}\nspec:\n", strings.ToLower(name))
	if name != strings.ToLower(name) && name != f.kind || name == strings.ToLower(f.kind) {
		fmt.Fprintf(&b, "  name: %s\n", name)
	}
	fmt.Fprintf(&b, "  description: %s of %s\n", f.kind, orCore(f.group))
	fmt.Fprintf(&b, "  referent:\n    group: %q\n    kind: %s\n    versions: [%s]\n", f.group, f.kind, strings.Join(f.versions, ", "))
	if f.scope == kind.ScopeCluster {
		b.WriteString("    scope: Cluster\n")
	}
	switch {
	case f.generation:
		b.WriteString("  # Does the backend fill it in? With one that never does, this is never ready.\n")
		b.WriteString("  generation: $.status.observedGeneration\n")
	case f.dated:
		b.WriteString("  generation: PerCondition\n")
	default:
		b.WriteString("  # No observedGeneration was found: a status that is older than the spec is taken for the current one.\n")
	}
	if f.byService() {
		b.WriteString("  subjects:\n    # Nothing in the status looks like a URL: is there a Service of that name in front of it?\n")
		b.WriteString("    - {as: service, object: {group: \"\", kind: Service, versions: [v1]}}\n")
	}
	f.draftHealth(&b)
	f.draftEndpoint(&b)
	b.WriteString("  # A caller sees the model whom GET /v1/models answers with 2xx or 405. Where the backend has another path, write probe.\n")
	return b.String()
}

func orCore(group string) string {
	if group == "" {
		return "Kubernetes"
	}
	return group
}

func (f findings) draftHealth(b *strings.Builder) {
	b.WriteString("  health:\n")
	failed := first(f.words, "Failed", "Error", "Failure")
	if failed != "" {
		fmt.Fprintf(b, "    # Is this for good, or does the backend try again by itself? Then it is no failure.\n")
		fmt.Fprintf(b, "    - is: Failed\n      when: [{path: %s, equals: %s}]\n", f.state, failed)
	}
	ready := first(f.conditions, "Ready", "Available", "Serving", "Accepted")
	if i := slices.IndexFunc(f.conditions, func(c string) bool { return strings.HasSuffix(c, "Ready") }); ready == "" && i >= 0 {
		ready = f.conditions[i]
	}
	word := first(f.words, "Ready", "Running", "Available", "Healthy", "Active", "Succeeded", "Up")
	switch {
	case ready != "":
		fmt.Fprintf(b, "    # Seen: %s. Does it say that requests are served?\n", strings.Join(f.conditions, ", "))
		fmt.Fprintf(b, "    - is: Ready\n      when: [{condition: %s, status: \"True\"}]\n", ready)
	case word != "":
		fmt.Fprintf(b, "    # It may be %s. Which of these say that requests are served?\n", strings.Join(f.words, ", "))
		fmt.Fprintf(b, "    - is: Ready\n      when: [{path: %s, equals: %s}]\n", f.state, word)
	case f.conditioned:
		b.WriteString("    # The schema does not tell the types of conditions: look at an object (maasctl new -f).\n")
		b.WriteString("    - is: Ready\n      when: [{condition: Ready, status: \"True\"}]\n")
	case f.state != "":
		fmt.Fprintf(b, "    # The schema does not tell which words %s may have: look at an object (maasctl new -f).\n", f.state)
		fmt.Fprintf(b, "    - is: Ready\n      when: [{path: %s, equals: Ready}]\n", f.state)
	case f.entries != "":
		fmt.Fprintf(b, "    # Each of %s has conditions: choose one in subjects, {as: entry, each: \"%s\"}, and write {of: entry, condition: ...}.\n", f.entries, f.entries)
		b.WriteString("    - is: Ready\n      when: [{path: $.metadata.name, exists: true}]\n")
	default:
		b.WriteString("    # Neither conditions nor a state word were found: write what says that requests are served.\n")
		b.WriteString("    - is: Ready\n      when: [{path: $.metadata.name, exists: true}]\n")
	}
	if failed == "" {
		b.WriteString("  # No word for failure was found: write a Failed rule, or say here why there can be none.\n")
		b.WriteString("  noFailure: it is not known yet whether this backend can say that it has failed\n")
	}
}

func (f findings) draftEndpoint(b *strings.Builder) {
	b.WriteString("  endpoint:\n")
	switch {
	case f.byService():
		b.WriteString("    # The kind Service knows scheme and port. Where the backend always has the same ones, write url with host and port.\n")
		b.WriteString("    - {of: service, kind: Service}\n")
		return
	case len(f.urls) == 0:
		b.WriteString("    # Nothing in the status looks like a URL: is this the name of a Service?\n")
		b.WriteString("    - url: {host: [{template: \"{name}.{modelNamespace}.svc\"}], port: [{constant: 8000}]}\n")
		return
	}
	b.WriteString("    # These look like URLs. Keep those that serve the model, in order of preference.\n")
	for _, path := range f.urls {
		fmt.Fprintf(b, "    - path: %s\n", path)
		if notURL(path) == 1 {
			b.WriteString("      scheme: http\n")
		}
	}
}

// byService says that the endpoint is looked for at the Service of the same name.
func (f findings) byService() bool { return len(f.urls) == 0 && f.scope != kind.ScopeCluster }

// first is the first of the wanted words that is there.
func first(words []string, wanted ...string) string {
	for _, word := range wanted {
		if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, word) }); i >= 0 {
			return words[i]
		}
	}
	return ""
}
