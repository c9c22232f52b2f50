package endpoint_test

import (
	"testing"

	"github.com/maas-kinds/maas/api/endpoint"
)

func TestLiveCluster(t *testing.T) {
	var live endpoint.LiveCluster
	closed := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	first, changed := live.Watch()
	_, also := live.Watch()
	if first != nil || live.Load() != nil || closed(changed) {
		t.Fatal("it knows something before anything was stored")
	}
	known := &endpoint.Cluster{}
	live.Store(known)
	if !closed(changed) || !closed(also) {
		t.Error("whoever waited is not told")
	}
	second, changed := live.Watch()
	if second != known || live.Load() != known || closed(changed) {
		t.Error("what was stored is not what is known, or was told twice")
	}
	live.Store(known)
	live.Store(nil)
	if third, _ := live.Watch(); !closed(changed) || third != nil {
		t.Error("a later change is not told")
	}
}

// A name below svc may be answered for a Service although it is not written as
// one: cluster DNS reads PORT.PROTOCOL.NAME.NAMESPACE.svc as that Service.
func TestClusterLocal(t *testing.T) {
	for host, want := range map[string]struct{ local, service bool }{
		"granite.llm.svc":                         {true, true},
		"GRANITE.llm.SVC.Cluster.Local.":          {true, true},
		"pod-0.granite.llm.svc":                   {true, true},
		"http.tcp.granite.llm.svc":                {true, false},
		"http.tcp.granite.llm.svc.cluster.local":  {true, false},
		"llm.svc":                                 {true, false},
		"a..svc":                                  {true, false},
		"svc":                                     {false, false},
		"granite.llm":                             {false, false},
		"granite.llm.svc.example.com":             {false, false},
		"granite.llm.mysvc":                       {false, false},
		"granite.llm.svc.corp.example":            {false, false},
		"svc.cluster.local":                       {false, false},
		"granite.llm.pod.cluster.local":           {false, false},
		"granite.llm.svc.cluster.local.evil.test": {false, false},
	} {
		var cluster *endpoint.Cluster
		_, _, service := cluster.ServiceOf(host)
		if local := cluster.Local(host); local != want.local || service != want.service {
			t.Errorf("%s: local %t, of a Service %t; want %+v", host, local, service, want)
		}
	}
	corp := &endpoint.Cluster{Domain: "Corp.Example"}
	if !corp.Local("granite.llm.svc.corp.example") || corp.Local("granite.llm.svc.cluster.local") {
		t.Error("the cluster's own domain is not the one that counts")
	}
}
