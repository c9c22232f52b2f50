package cli

import "testing"

func TestDomainOf(t *testing.T) {
	for name, test := range map[string]struct{ resolvConf, want string }{
		"a Pod's":                      {"search llm.svc.cluster.example svc.cluster.example cluster.example\nnameserver 10.96.0.10\noptions ndots:5\n", "cluster.example"},
		"behind other words":           {"# by the kubelet\nnameserver 10.96.0.10\nsearch\tllm.svc.k8s.test  SVC.k8s.test. k8s.test corp.example", "k8s.test"},
		"a machine's":                  {"search corp.example\nnameserver 192.0.2.53\n", ""},
		"a namespace is no domain":     {"search svc-team.corp.example llm.svc.corp.example\n", ""},
		"a comment that looks like it": {"#search svc.cluster.example\n", ""},
		"none":                         {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := domainOf(test.resolvConf); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
