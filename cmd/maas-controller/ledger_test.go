package main

import (
	"slices"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// ledger is what a watch has seen of the models of a namespace: the phase in
// every version that was stored, in order.
type ledger struct {
	mu     sync.Mutex
	phases map[string][]v1alpha1.Phase
}

// keepLedger records from now on.
func keepLedger(t *testing.T, env *testenv.Env, namespace string) *ledger {
	t.Helper()
	now := &v1alpha1.MaaSModelList{}
	if err := env.Client.List(t.Context(), now, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	from := &client.ListOptions{Namespace: namespace}
	from.Raw = &metav1.ListOptions{ResourceVersion: now.ResourceVersion}
	stream, err := env.Client.Watch(t.Context(), &v1alpha1.MaaSModelList{}, from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stream.Stop)
	l := &ledger{phases: map[string][]v1alpha1.Phase{}}
	go func() {
		for event := range stream.ResultChan() {
			if model, ok := event.Object.(*v1alpha1.MaaSModel); ok && event.Type == watch.Modified {
				l.mu.Lock()
				l.phases[model.Name] = append(l.phases[model.Name], model.Status.Phase)
				l.mu.Unlock()
			}
		}
	}()
	return l
}

func (l *ledger) of(name string) []v1alpha1.Phase {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.phases[name])
}

// changes counts the versions of all models.
func (l *ledger) changes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := 0
	for _, phases := range l.phases {
		count += len(phases)
	}
	return count
}
