package main

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// The program does what its flag says about a kind that allows every namespace.
func TestCrossNamespace(t *testing.T) {
	env := server.Env(t)
	here, there := env.Namespace(t), env.Namespace(t)
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: here, Name: "elsewhere"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Service", Name: "absent", Namespace: there}},
	}
	if err := env.Client.Create(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args   []string
		reason string
	}{
		{nil, v1alpha1.ReasonReferentNotFound},
		{[]string{"--cross-namespace=grant"}, v1alpha1.ReasonRefNotPermitted},
		{[]string{"--cross-namespace=kind"}, v1alpha1.ReasonReferentNotFound},
		{[]string{"--cross-namespace=deny"}, v1alpha1.ReasonNamespaceNotAllowed},
	} {
		p := start(t, env.Config, test.args...)
		testenv.Eventually(t, patience, func() error {
			if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
				return err
			}
			got := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionReferenceResolved)
			if got == nil || got.Reason != test.reason {
				return fmt.Errorf("with %q ReferenceResolved is %+v, want reason %s", test.args, got, test.reason)
			}
			return nil
		})
		p.stop(t)
	}
}
