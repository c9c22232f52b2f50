package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
)

const whyHelp = `Show what reads an object: which kinds do, as the backend itself or beside it, which
MaaSModels look at it, and what each of them decides by which rule.

Usage:
  maasctl why [-n NAMESPACE] KIND NAME [FLAGS]
  maasctl why -f FILE [-f ...] [KIND NAME] [FLAGS]

KIND NAME, or KIND/NAME, is read from a cluster, with the MaaSModels there and what
they read, with your permissions. With -f all of it is in files: the object is the first
one that is no MaaSModel, or the one that KIND NAME says. Where no MaaSModel is given,
what one would decide that points at the object is shown.

Examples:
  maasctl why -n llm Service granite
  maasctl why -n llm gateways.gateway.networking.k8s.io/public
  maasctl why -f service.yaml -f models.yaml -o json

JSON and YAML output have the keys object, kinds (each with kind, file and roles) and models (each
with model, kind, as, phase, reason, message, endpoint, rule and candidate; or error).

Exit codes: 0 it was looked up, whatever was found; 1 something cannot be read; 2 the
command line is wrong.
`

// whyOptions are the flags of why.
type whyOptions struct {
	explainOptions

	files   []string
	timeout time.Duration
}

func (o *whyOptions) register(flags *flag.FlagSet) {
	flags.Func("f", "`FILE` with the object, MaaSModels and what they read, YAML or JSON; - reads standard input; may be repeated", cli.Each(&o.files))
	flags.StringVar(&o.namespace, "n", "", "`NAMESPACE` of the object (default that of the kubeconfig's context)")
	cli.Kubeconfig(flags, &o.kubeconfig)
	cli.KindsDir(flags, &o.kindsDirs, "")
	cli.Parameters(flags, &o.parameters, "")
	cli.AllowCIDR(flags, &o.rules.AllowCIDRs, &o.badValues)
	o.inside.Flags(flags, &o.badValues)
	cli.CrossNamespace(flags, &o.crossNamespace, &o.badValues)
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "`DURATION` after which a cluster that does not answer is given up")
	flags.StringVar(&o.output, "o", "text", formatUsage)
}

func (o *whyOptions) fault(rest []string) string {
	switch {
	case len(rest) != 0 && len(rest) != 2:
		return "write KIND NAME or KIND/NAME, one object"
	case len(rest) == 0 && len(o.files) == 0:
		return "say which object: KIND NAME of a cluster, or -f FILE"
	case o.badValues != nil:
		return o.badValues.Error()
	case formatFault(o.output, reportFormats()) != "":
		return formatFault(o.output, reportFormats())
	case o.timeout <= 0:
		return "--timeout has to be more than nothing"
	}
	return ""
}

func whyCommand() command {
	var o whyOptions
	cluster := inCluster{kubeconfig: &o.kubeconfig, namespace: &o.namespace}
	return command{
		use: "why [KIND NAME]", summary: "show which kinds and MaaSModels read an object, and what they decide", help: whyHelp,
		flags: o.register, run: o.why, arguments: cluster.objects(1),
		values: map[string]cobra.CompletionFunc{
			"output": oneOf(reportFormats()...), "kinds-dir": onlyFolders, "namespace": cluster.namespaces(),
			"cross-namespace": oneOf(words(kind.CrossNamespacePolicies())...),
		},
	}
}

func (o *whyOptions) why(ctx context.Context, rest []string, std ioStreams) error {
	if len(rest) == 1 {
		if word, name, ok := strings.Cut(rest[0], "/"); ok {
			rest = []string{word, name}
		}
	}
	if fault := o.fault(rest); fault != "" {
		return usageError{fault}
	}
	o.rules.Cluster = &endpoint.Cluster{Domain: o.inside.Domain, Services: o.inside.Networks, Pods: o.inside.Networks}
	set, err := loadKinds(o.explainOptions, std.err)
	if err != nil {
		return err
	}
	var found reasons
	if len(o.files) > 0 {
		found, err = o.inFiles(ctx, set, rest, std)
	} else {
		found, err = o.ofCluster(ctx, set, rest[0], rest[1], std)
	}
	switch {
	case err != nil:
		return err
	case !forPeople(o.output):
		return writeAs(std.out, o.output, found)
	}
	return found.writeText(std.out)
}

// inFiles looks everything up in files.
func (o *whyOptions) inFiles(ctx context.Context, set *kind.Set, rest []string, std ioStreams) (reasons, error) {
	var objects kind.Objects
	for _, file := range o.files {
		found, err := readObjects(file, std.in)
		if err != nil {
			return reasons{}, err
		}
		objects = append(objects, found...)
	}
	subject, err := o.subjectIn(objects, rest)
	if err != nil {
		return reasons{}, err
	}
	models, err := modelsIn(objects)
	if err != nil {
		return reasons{}, err
	}
	found := reasonsOf(set, subject)
	if len(models) == 0 {
		err := o.imagine(ctx, set, subject, objects, &found)
		return found, err
	}
	reader := func() whyReader { return &fileReader{Objects: objects} }
	err = o.decideAll(ctx, set, models, subject, reader, &found)
	return found, err
}

// subjectIn is the object that was asked for: by its kind and name, or the first that is
// no MaaSModel.
func (o *whyOptions) subjectIn(objects kind.Objects, rest []string) (*unstructured.Unstructured, error) {
	for _, object := range objects {
		of := object.GroupVersionKind()
		word, group := "", ""
		if len(rest) > 0 {
			word, group, _ = strings.Cut(strings.ToLower(rest[0]), ".")
		}
		named := len(rest) == 2 && object.GetName() == rest[1] && (group == "" || group == of.Group) && slices.Contains([]string{word, strings.TrimSuffix(word, "s")}, strings.ToLower(of.Kind))
		if (named || len(rest) == 0 && !kind.IsMaaSModel(of.GroupKind())) && (o.namespace == "" || o.namespace == object.GetNamespace()) {
			return object, nil
		}
	}
	if len(rest) == 2 {
		return nil, fmt.Errorf("no %s %s is in the files", rest[0], rest[1])
	}
	return nil, fmt.Errorf("the files hold nothing but MaaSModels: give the object, or write KIND NAME")
}

// imagine says what a MaaSModel would decide that points at the object.
func (o *whyOptions) imagine(ctx context.Context, set *kind.Set, subject *unstructured.Unstructured, objects kind.Objects, found *reasons) error {
	for _, k := range set.Kinds() {
		if !k.Refers(subject.GroupVersionKind().GroupKind()) {
			continue
		}
		row, err := o.imagined(ctx, k, subject, objects)
		if err != nil {
			return err
		}
		found.Models = append(found.Models, row)
	}
	found.Imagined = len(found.Models) > 0
	return nil
}

// ofCluster reads the object, the MaaSModels that may look at it, and what these read.
func (o *whyOptions) ofCluster(ctx context.Context, set *kind.Set, word, name string, std ioStreams) (reasons, error) {
	ctx, stop := context.WithTimeout(ctx, o.timeout)
	defer stop()
	from := newOptions{namespace: o.namespace, kubeconfig: o.kubeconfig, timeout: o.timeout}
	live, err := from.openLive(ctx, word)
	if err != nil {
		return reasons{}, err
	}
	subject, err := live.read(ctx, name)
	if err != nil {
		return reasons{}, err
	}
	found := reasonsOf(set, subject)
	models, err := live.models(ctx, set, subject, std)
	if err != nil {
		return reasons{}, err
	}
	if o.rules.Cluster.Services == nil && len(models) > 0 {
		if o.rules.Cluster, err = networksOf(ctx, live.config, o.inside); err != nil {
			return reasons{}, err
		}
	}
	reader := func() whyReader { return &liveReader{ctx: ctx, client: live.client} }
	err = o.decideAll(ctx, set, models, subject, reader, &found)
	return found, err
}
