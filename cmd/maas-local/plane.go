package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// startTimeout is how long etcd and the API server may take, each; beside a
// compiler on every CPU they need far more than their usual five seconds.
const startTimeout = 2 * time.Minute

// plane is a control plane whose data outlives it in a folder.
type plane struct {
	config     *rest.Config
	kubeconfig string
	stop       func() error
}

// startPlane starts etcd and kube-apiserver from the binaries in assets. Their
// output goes to files in dir, as do the data and the kubeconfig.
func startPlane(assets, dir string) (*plane, error) {
	logs, err := openLogs(dir, "etcd", "kube-apiserver")
	if err != nil {
		return nil, err
	}
	existingCluster := false // whatever USE_EXISTING_CLUSTER says
	environment := &envtest.Environment{UseExistingCluster: &existingCluster, ControlPlaneStartTimeout: startTimeout}
	server := environment.ControlPlane.GetAPIServer()
	server.Path = filepath.Join(assets, "kube-apiserver")
	server.Out, server.Err = logs["kube-apiserver"], logs["kube-apiserver"]
	environment.ControlPlane.Etcd = &envtest.Etcd{
		Path: filepath.Join(assets, "etcd"), DataDir: filepath.Join(dir, "etcd"),
		Out: logs["etcd"], Err: logs["etcd"],
	}
	if err := os.MkdirAll(environment.ControlPlane.Etcd.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making room for etcd's data: %w", err)
	}
	stop := func() error {
		err := environment.Stop()
		for _, log := range logs {
			err = errors.Join(err, log.Close())
		}
		return err
	}
	config, err := environment.Start()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the control plane, see etcd.log and kube-apiserver.log in %s: %w", dir, err), stop())
	}
	p := &plane{config: config, kubeconfig: filepath.Join(dir, "kubeconfig"), stop: stop}
	if err := os.WriteFile(p.kubeconfig, environment.KubeConfig, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("writing the kubeconfig: %w", err), stop())
	}
	return p, nil
}

func openLogs(dir string, names ...string) (map[string]*os.File, error) {
	logs := map[string]*os.File{}
	for _, name := range names {
		file, err := os.Create(filepath.Join(dir, name+".log"))
		if err != nil {
			return nil, fmt.Errorf("opening the log of %s: %w", name, err)
		}
		logs[name] = file
	}
	return logs, nil
}

// lockDir takes a data folder for this process alone: two etcds on one folder
// would wait for each other for ever.
func lockDir(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(file.Name())
		return nil, errors.Join(fmt.Errorf("the data folder %s is in use by process %s: stop it, or choose another with --data-dir",
			dir, strings.TrimSpace(string(holder))), file.Close())
	}
	if err := errors.Join(file.Truncate(0), writePID(file)); err != nil {
		return nil, errors.Join(fmt.Errorf("locking the data folder: %w", err), file.Close())
	}
	return file.Close, nil
}

func writePID(file *os.File) error {
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}
