package attacks

import "github.com/maas-kinds/maas/api"

// fault is something that an API must not do, planted to see who notices. The
// empty one is none.
type fault string

const (
	followsRedirects fault = "follows redirects"
)

// naive says whether the fault is planted in a server of the suite's own, and
// not by options of the API.
func (f fault) naive() bool { return f != "" && loosenings[f] == nil }

// loosenings are faults that an operator can make.
var loosenings = map[fault]func(*api.Options){}

func (f fault) loosen(o *api.Options) {
	if change := loosenings[f]; change != nil {
		change(o)
	}
}

func (s *scene) startNaive() *subject { panic("TODO") }
