package manifests_test

import (
	"path/filepath"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// The account that the policy lets write statuses is the one that the controller
// runs as, in every install.
func TestPolicyNamesTheController(t *testing.T) {
	for _, overlay := range []string{"default", "strict"} {
		t.Run(overlay, func(t *testing.T) {
			objects := install.Build(t, filepath.Join(testenv.Root(t), "config", overlay))
			var user string
			for _, d := range install.Of[appsv1.Deployment](t, objects, "Deployment") {
				for _, account := range install.Of[corev1.ServiceAccount](t, objects, "ServiceAccount") {
					if d.Name == "maas-controller" && account.Name == d.Spec.Template.Spec.ServiceAccountName && account.Namespace == d.Namespace {
						user = "'system:serviceaccount:" + account.Namespace + ":" + account.Name + "'"
					}
				}
			}
			policies := install.Of[admissionregistrationv1.ValidatingAdmissionPolicy](t, objects, "ValidatingAdmissionPolicy")
			if len(policies) != 1 || user == "" {
				t.Fatalf("%d policies, controller %q", len(policies), user)
			}
			if got := policies[0].Spec.Variables[0].Expression; got != user {
				t.Errorf("the policy lets %s write, the controller is %s", got, user)
			}
			bindings := install.Of[admissionregistrationv1.ValidatingAdmissionPolicyBinding](t, objects, "ValidatingAdmissionPolicyBinding")
			if len(bindings) != 1 || bindings[0].Spec.PolicyName != policies[0].Name || !strings.EqualFold(string(bindings[0].Spec.ValidationActions[0]), "deny") {
				t.Errorf("the policy is bound by %+v", bindings)
			}
		})
	}
}
