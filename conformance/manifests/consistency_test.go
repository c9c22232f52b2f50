package manifests_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// monitored is a folder with an overlay and the component monitoring.
func monitored(t *testing.T, overlay string) string {
	t.Helper()
	dir := t.TempDir()
	config, err := filepath.Rel(dir, filepath.Join(testenv.Root(t), "config"))
	if err != nil {
		t.Fatal(err)
	}
	with := "resources: [" + config + "/" + overlay + "]\ncomponents: [" + config + "/monitoring]\n"
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What refers to Pods and their ports finds them, with monitoring as well.
func TestReferences(t *testing.T) {
	objects := install.Build(t, monitored(t, "default"))
	deployments := install.Of[appsv1.Deployment](t, objects, "Deployment")
	if !slices.ContainsFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "ServiceMonitor" }) {
		t.Error("the component monitoring adds no ServiceMonitor")
	}
	// selected are the Deployments whose Pods have the labels; there is one at least.
	selected := func(t *testing.T, who string, selector labels.Selector) []appsv1.Deployment {
		t.Helper()
		found := slices.DeleteFunc(slices.Clone(deployments), func(d appsv1.Deployment) bool {
			return !selector.Matches(labels.Set(d.Spec.Template.Labels))
		})
		if len(found) == 0 {
			t.Errorf("%s selects no Pod", who)
		}
		return found
	}
	port := func(t *testing.T, who string, d appsv1.Deployment, want intstr.IntOrString) {
		t.Helper()
		if !slices.ContainsFunc(d.Spec.Template.Spec.Containers[0].Ports, func(p corev1.ContainerPort) bool { return p.Name == want.String() }) {
			t.Errorf("%s: %s has no port %s", who, d.Name, want.String())
		}
	}
	for _, s := range install.Of[corev1.Service](t, objects, "Service") {
		for _, d := range selected(t, "Service "+s.Name, labels.SelectorFromSet(s.Spec.Selector)) {
			port(t, "Service "+s.Name, d, s.Spec.Ports[0].TargetPort)
		}
	}
	convert := func(s *metav1.LabelSelector) labels.Selector {
		selector, err := metav1.LabelSelectorAsSelector(s)
		if err != nil {
			t.Fatal(err)
		}
		return selector
	}
	for _, b := range install.Of[policyv1.PodDisruptionBudget](t, objects, "PodDisruptionBudget") {
		selected(t, "PodDisruptionBudget "+b.Name, convert(b.Spec.Selector))
	}
	for _, p := range install.Of[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy") {
		for _, d := range selected(t, "NetworkPolicy "+p.Name, convert(&p.Spec.PodSelector)) {
			for _, rule := range p.Spec.Ingress {
				port(t, "NetworkPolicy "+p.Name, d, *rule.Ports[0].Port)
			}
		}
	}
	for _, a := range install.Of[autoscalingv2.HorizontalPodAutoscaler](t, objects, "HorizontalPodAutoscaler") {
		if a.Spec.ScaleTargetRef.Name != "maas-api" || *a.Spec.MinReplicas < 2 {
			t.Errorf("the autoscaler is %+v", a.Spec)
		}
	}
	for _, d := range deployments {
		pod := d.Spec.Template.Spec
		c := pod.Containers[0]
		for _, probe := range []*corev1.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
			port(t, "a probe", d, probe.HTTPGet.Port)
		}
		if !convert(d.Spec.Selector).Matches(labels.Set(d.Spec.Template.Labels)) || len(c.Resources.Limits) == 0 || len(c.Resources.Requests) == 0 {
			t.Errorf("%s: selector %v, resources %+v", d.Name, d.Spec.Selector, c.Resources)
		}
		if name := pod.Volumes[0].ConfigMap.Name; !slices.ContainsFunc(install.Of[corev1.ConfigMap](t, objects, "ConfigMap"), func(m corev1.ConfigMap) bool { return m.Name == name }) {
			t.Errorf("%s mounts the ConfigMap %s, which is not there", d.Name, name)
		}
	}
}
