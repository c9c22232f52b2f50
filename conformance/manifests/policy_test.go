package manifests_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
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
			if user == "" {
				t.Fatal("nothing runs the controller")
			}
			named := map[string]string{}
			for _, policy := range install.Of[admissionregistrationv1.ValidatingAdmissionPolicy](t, objects, "ValidatingAdmissionPolicy") {
				if len(policy.Spec.MatchConditions) > 0 {
					named[policy.Name] = policy.Spec.MatchConditions[0].Expression
				} else {
					named[policy.Name] = policy.Spec.Variables[0].Expression
				}
			}
			want := map[string]string{
				"maas-status-writers":        user,
				"maas-controller-configmaps": "request.userInfo.username == " + user,
				"maas-controller-revisions":  "request.userInfo.username == " + user,
			}
			if diff := cmp.Diff(want, named); diff != "" {
				t.Errorf("the controller is %s; policies and the accounts they name (-want +got):\n%s", user, diff)
			}
			bound := map[string]string{}
			for _, binding := range install.Of[admissionregistrationv1.ValidatingAdmissionPolicyBinding](t, objects, "ValidatingAdmissionPolicyBinding") {
				bound[binding.Spec.PolicyName] = string(binding.Spec.ValidationActions[0])
			}
			for name := range want {
				if bound[name] != string(admissionregistrationv1.Deny) {
					t.Errorf("the policy %s is bound to %q", name, bound[name])
				}
			}
		})
	}
}
