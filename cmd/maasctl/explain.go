package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

const explainHelp = `Show what the controller would decide about a MaaSModel that points at a backend
object, and why: the phase, the endpoint, the conditions, and every rule that
was tried. The backend object is read from a file, and no cluster is asked; or
it is that of a MaaSModel of a cluster, and is read there with your permissions.

Usage:
  maasctl explain -f OBJECTS.yaml [FLAGS]
  maasctl explain [-n NAMESPACE] MODEL [FLAGS]

The first object of the file is the backend, as kubectl get -o yaml prints it
(a list will do); any further ones are what the kind may read beside it, the Service
that the endpoint names, with its EndpointSlices, which must not lead out of the
cluster, and ReferenceGrants, which count when -n puts the model into another
namespace. What is shown is the settled decision: where a kind would first keep a Ready model Ready
for some seconds, the output says so and shows what follows.

Examples:
  maasctl explain -f llmisvc.yaml
  kubectl get llmisvc granite -n llm -o yaml | maasctl explain -f - --phase Ready
  maasctl explain -n llm granite
  maasctl explain -f backend-and-grants.yaml -n team-a --cross-namespace grant
  maasctl explain -f my-backend.yaml --kinds-dir ./kinds --kind MyKind -o json

On a terminal the text is as wide as that, and of a value with more than 400
characters the first are shown; -o wide shows everything.

JSON and YAML output has the keys kind, event, phase, ready, endpoint (null where there
is none), probe (null where nothing is asked), conditions, trace, and dwell where
one applies.

Exit codes: 0 a decision was made, whatever it is; 1 the object or the kinds
cannot be read, or no kind fits; 2 the command line is wrong.
`

func explainCommand() command {
	var o explainOptions
	cluster := inCluster{kubeconfig: &o.kubeconfig, namespace: &o.namespace}
	return command{
		use: "explain [MODEL]", summary: "show what would be decided about a backend object, and why", help: explainHelp,
		flags: o.register, arguments: cluster.models(),
		values: map[string]cobra.CompletionFunc{
			"output": oneOf(reportFormats()...), "kind": kindNames(&o.kindsDirs), "kinds-dir": onlyFolders, "phase": oneOf(words(phase.Phases())...),
			"cross-namespace": oneOf(words(kind.CrossNamespacePolicies())...), "namespace": cluster.namespaces(),
		},
		run: func(ctx context.Context, models []string, std ioStreams) error { return explain(ctx, models, o, std) },
	}
}

func explain(ctx context.Context, models []string, o explainOptions, std ioStreams) error {
	if fault := o.fault(models); fault != "" {
		return usageError{fault}
	}
	o.rules.Cluster = &endpoint.Cluster{Domain: o.inside.Domain, Services: o.inside.Networks, Pods: o.inside.Networks}
	set, err := loadKinds(o, std.err)
	if err != nil {
		return err
	}
	var e explanation
	if len(models) > 0 {
		e, err = explainModel(ctx, set, models[0], o)
	} else {
		e, err = explainFile(ctx, set, o, std)
	}
	switch {
	case err != nil:
		return err
	case !forPeople(o.output):
		return writeAs(std.out, o.output, e)
	}
	return e.writeText(std.laidOut(o.output), o.output == "wide")
}

// maxNotes is how many objects are named that are not looked at.
const maxNotes = 20

// explainFile explains the first object of a file.
func explainFile(ctx context.Context, set *kind.Set, o explainOptions, std ioStreams) (explanation, error) {
	objects, err := readObjects(o.file, std.in)
	if err != nil {
		return explanation{}, err
	}
	referent, related := objects[0], objects[1:]
	k, err := chooseKind(set, o.kind, referent)
	if err != nil {
		return explanation{}, err
	}
	if named, ok := k.ReferentOf(referent.GroupVersionKind().GroupKind()); ok && !slices.Contains(named.Versions, referent.GroupVersionKind().Version) {
		fmt.Fprintf(std.err, "note: the kind %s reads %s in %s; this object is of %s and is read as it is\n",
			k.Name(), named.Kind, either(named.Versions), printable(referent.GetAPIVersion()))
	}
	e, err := decide(ctx, k, referent, related, o)
	if err != nil {
		return explanation{}, err
	}
	unread := e.result.Unread(related)
	for i, object := range unread {
		if i == maxNotes {
			fmt.Fprintf(std.err, "note: nor are %d more objects\n", len(unread)-i)
			break
		}
		fmt.Fprintf(std.err, "note: %s %s is not looked at: the kind %s does not read it beside this object\n",
			printable(object.GetKind()), printable(qualifiedName(object)), k.Name())
	}
	return e, nil
}

// decide runs the pure core on a model that points at the referent and has the
// previous phase because of it.
func decide(ctx context.Context, k *kind.Kind, referent *unstructured.Unstructured, related kind.Objects, o explainOptions) (explanation, error) {
	machine, err := phase.New()
	if err != nil {
		return explanation{}, err
	}
	settled, err := evaluation.Of(ctx, machine, evaluation.Question{
		Kind: k, Referent: referent, Related: related, Previous: o.phase, Rules: o.rules,
		Namespace: o.namespace, CrossNamespace: o.crossNamespace, Traced: true,
	})
	if err != nil {
		return explanation{}, err
	}
	return newExplanation(k, referent.GetKind()+" "+qualifiedName(referent), settled)
}
