package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// completionTime is how long a cluster may take to answer somebody who pressed a key.
const completionTime = 2 * time.Second

// maxCompletions is how many names are asked for.
const maxCompletions = 500

// oneOf completes to one of these, and never to a file.
func oneOf(list ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

// onlyFolders completes to folders.
func onlyFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// kindNames completes to the kinds of the catalogue and of folders. Kinds with faults
// have no names here, and their faults are for lint to tell.
func kindNames(dirs *[]string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		sources := []registry.Source{{Name: builtIn, FS: kinds.FS}}
		for _, dir := range *dirs {
			sources = append(sources, source(dir))
		}
		set, _ := registry.Load(sources...)
		if set == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, k := range set.Kinds() {
			names = append(names, cobra.CompletionWithDesc(k.Name(), "reads "+k.Referent().GroupKind().String()))
			for _, alias := range k.Aliases() {
				names = append(names, cobra.CompletionWithDesc(alias, "is "+k.Name()))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// inCluster is where names of objects are looked up. Flags are read when that is done.
type inCluster struct {
	kubeconfig *string
	// namespace of the objects; nil where they are in none, empty for that of the context.
	namespace *string
	// asked says whether a cluster may be asked; nil means always.
	asked *bool
}

// names completes to objects of a type. A cluster that refuses, hangs or is not there
// has none: whoever presses a key is not told why.
func (c inCluster) names(resource schema.GroupVersionResource) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if c.asked != nil && !*c.asked {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
		defer cancel()
		return c.others(ctx, resource, args), cobra.ShellCompDirectiveNoFileComp
	}
}

// others are the names of objects but for those that are written already.
func (c inCluster) others(ctx context.Context, resource schema.GroupVersionResource, written []string) []string {
	names, _ := c.list(ctx, resource)
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(written, name) })
}

// objects completes to KIND and, behind it, up to so many names, of types that have
// objects to be read.
func (c inCluster) objects(most int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
		defer cancel()
		config, err := c.config()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		lists, err := servedBy(ctx, config)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if len(args) == 0 {
			return typeNames(lists), cobra.ShellCompDirectiveNoFileComp
		}
		of, err := typeCalled(args[0], lists)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		here := c
		if !of.namespaced {
			here.namespace = nil
		}
		return here.others(ctx, of.GroupVersion().WithResource(of.plural), args[1:]), cobra.ShellCompDirectiveNoFileComp
	}
}

// typeNames are those that no other type has, as typeCalled reads them.
func typeNames(lists []*metav1.APIResourceList) []string {
	var names []string
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue
		}
		for _, r := range list.APIResources {
			if slices.Contains(r.Verbs, "get") && slices.Contains(r.Verbs, "list") && !strings.ContainsAny(r.Name+r.Kind, "/\n\t") {
				names = append(names, cobra.CompletionWithDesc(strings.TrimSuffix(r.Name+"."+gv.Group, "."), r.Kind))
			}
		}
	}
	return names
}

func (c inCluster) config() (*rest.Config, error) {
	config, err := cli.Cluster(*c.kubeconfig, "maasctl")
	if err != nil {
		return nil, err
	}
	config.WarningHandlerWithContext = rest.NoWarnings{}
	return config, nil
}

func (c inCluster) list(ctx context.Context, resource schema.GroupVersionResource) ([]string, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	of := client.Resource(resource)
	objects := metadata.ResourceInterface(of)
	if c.namespace != nil {
		namespace, err := namespaceOf(*c.kubeconfig, *c.namespace)
		if err != nil {
			return nil, err
		}
		objects = of.Namespace(namespace)
	}
	list, err := objects.List(ctx, metav1.ListOptions{Limit: maxCompletions})
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range list.Items {
		// What would end a line, or begin a description, is no name of an object.
		if name := list.Items[i].Name; !strings.ContainsAny(name, "\n\t") {
			names = append(names, name)
		}
	}
	return names, nil
}

// namespaces completes to those of a cluster.
func (c inCluster) namespaces() cobra.CompletionFunc {
	return inCluster{kubeconfig: c.kubeconfig, asked: c.asked}.names(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
}

// modelKinds completes to ModelKinds.
func (c inCluster) modelKinds() cobra.CompletionFunc {
	return c.names(v1alpha1.GroupVersion.WithResource("modelkinds"))
}

// models completes to MaaSModels.
func (c inCluster) models() cobra.CompletionFunc {
	return c.names(v1alpha1.GroupVersion.WithResource("maasmodels"))
}
