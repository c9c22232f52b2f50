package scale

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	appsv1 "k8s.io/api/apps/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/live"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/kinds"
)

// account is who the controller is.
const account = "maas-controller"

// plane is a control plane with the install in it.
type plane struct {
	admin client.WithWatch
	// controller may do what the controller may, and is limited as it is by the API
	// server's priority and fairness, from which an administrator is exempt.
	controller client.Client
	kubeconfig string
	deployment appsv1.Deployment
	stop       func() error
}

// startPlane starts a control plane with the install and the types that a kind reads.
func (s *session) startPlane(ctx context.Context, kindFolder string) (*plane, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err // it would start nevertheless
	}
	config, stop, err := live.StartPlane(ctx, s.Root, s.Progress)
	if err != nil {
		return nil, err
	}
	p := &plane{stop: stop, kubeconfig: filepath.Join(s.dir, "kubeconfig")}
	if err := p.install(ctx, config, s, kindFolder); err != nil {
		return nil, errors.Join(err, stop())
	}
	return p, nil
}

func (p *plane) install(ctx context.Context, config *rest.Config, s *session, kindFolder string) (err error) {
	config = rest.CopyConfig(config)
	config.QPS = -1 // the control plane is ours alone
	if p.admin, err = connect(config); err != nil {
		return err
	}
	if err := p.installTypes(ctx, config, s.Root, kindFolder); err != nil {
		return err
	}
	if err := object.Apply(ctx, p.admin, s.manifests...); err != nil {
		return err
	}
	if err := install.AggregateRoles(ctx, p.admin); err != nil {
		return err
	}
	for _, o := range s.manifests {
		if o.GetKind() == "Deployment" && o.GetName() == account {
			err = runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &p.deployment)
		}
	}
	if err != nil || p.deployment.Name == "" {
		return fmt.Errorf("config/default has no Deployment %s that can be read: %w", account, err)
	}
	login, err := install.Login(ctx, config, p.admin, account)
	if err != nil {
		return err
	}
	login.QPS = -1
	if p.controller, err = connect(login); err != nil {
		return err
	}
	return testenv.WriteKubeconfig(login, p.kubeconfig)
}

func connect(config *rest.Config) (client.WithWatch, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), apiextensionsv1.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	c, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, fmt.Errorf("connecting to the control plane: %w", err)
	}
	return c, nil
}

// installTypes installs our own CRDs, and those that the API server lacks of what a
// kind reads, made from its pin: the schemas of real ones are megabytes, which cost
// the API server and not the controller.
func (*plane) installTypes(ctx context.Context, config *rest.Config, root, kindFolder string) error {
	definitions, err := crd.Read(filepath.Join(root, "config", "crd"))
	if err != nil {
		return err
	}
	content, err := folder.ReadPinFile(kinds.FS, kindFolder+"/"+folder.PinFile)
	if err != nil {
		return err
	}
	pin, err := contract.ReadPin(kindFolder, content)
	if err != nil {
		return err
	}
	for _, c := range pin.Contracts {
		if !clientgoscheme.Scheme.IsGroupRegistered(c.Group) {
			definitions = append(definitions, crd.Bare(c))
		}
	}
	if err := crd.Install(ctx, config, definitions...); err != nil {
		return err
	}
	return crd.WaitCached(ctx, config, definitions...)
}

// manifests are what is installed: config/default without the CRDs.
func manifests(ctx context.Context, root string) ([]*unstructured.Unstructured, error) {
	all, err := install.Kustomize(ctx, root, "config/default")
	if err != nil {
		return nil, err
	}
	var rest []*unstructured.Unstructured
	for _, o := range all {
		if o.GetKind() != "CustomResourceDefinition" {
			rest = append(rest, o)
		}
	}
	return rest, nil
}
