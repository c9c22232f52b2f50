package live

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/maas-kinds/maas/conformance/assets"
)

// startTimeout is for etcd and the API server, each: beside a compiler on every
// CPU they need far more than their usual five seconds.
const startTimeout = 2 * time.Minute

// StartPlane starts a control plane of its own, built first where that is
// needed, and says on progress what takes time. Stop ends it.
func StartPlane(ctx context.Context, root string, progress io.Writer) (config *rest.Config, stop func() error, err error) {
	dir, err := assets.Ensure(ctx, root, progress)
	if err != nil {
		return nil, nil, err
	}
	_, _ = fmt.Fprintln(progress, "starting etcd and kube-apiserver")
	existingCluster := false // whatever USE_EXISTING_CLUSTER says
	environment := &envtest.Environment{UseExistingCluster: &existingCluster, ControlPlaneStartTimeout: startTimeout}
	server := environment.ControlPlane.GetAPIServer()
	server.Path = filepath.Join(dir, "kube-apiserver")
	// kubeadm's range, so that Services written down from real clusters fit.
	server.Configure().Set("service-cluster-ip-range", "10.96.0.0/12")
	environment.ControlPlane.Etcd = &envtest.Etcd{Path: filepath.Join(dir, "etcd")}
	config, err = environment.Start()
	if err != nil {
		_ = environment.Stop() // the half of it that did start
		return nil, nil, fmt.Errorf("starting the control plane: %w", err)
	}
	return config, environment.Stop, nil
}
