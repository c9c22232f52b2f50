package cluster

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAggregate(t *testing.T) {
	for name, test := range map[string]struct{ given, want []string }{
		"none":                                 {nil, nil},
		"one, written with bits of a host":     {[]string{"10.1.2.3/8"}, []string{"10.0.0.0/8"}},
		"the same twice":                       {[]string{"10.0.0.0/24", "10.0.0.0/24"}, []string{"10.0.0.0/24"}},
		"one within another":                   {[]string{"10.0.3.0/24", "10.0.0.0/16"}, []string{"10.0.0.0/16"}},
		"halves":                               {[]string{"10.0.1.0/24", "10.0.0.0/24"}, []string{"10.0.0.0/23"}},
		"side by side, and of no whole":        {[]string{"10.0.1.0/24", "10.0.2.0/24"}, []string{"10.0.1.0/24", "10.0.2.0/24"}},
		"quarters":                             {[]string{"10.0.3.0/24", "10.0.1.0/24", "10.0.0.0/24", "10.0.2.0/24"}, []string{"10.0.0.0/22"}},
		"a half and two quarters":              {[]string{"10.0.0.0/23", "10.0.2.0/24", "10.0.3.0/24"}, []string{"10.0.0.0/22"}},
		"apart":                                {[]string{"192.168.0.0/24", "10.0.0.0/24"}, []string{"10.0.0.0/24", "192.168.0.0/24"}},
		"both families":                        {[]string{"fd00::/64", "10.0.0.0/24", "fd00:0:0:1::/64"}, []string{"10.0.0.0/24", "fd00::/63"}},
		"everything of one family, and halves": {[]string{"0.0.0.0/1", "128.0.0.0/1", "::/0"}, []string{"0.0.0.0/0", "::/0"}},
		"single addresses":                     {[]string{"10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32"}, []string{"10.0.0.1/32", "10.0.0.2/31"}},
	} {
		t.Run(name, func(t *testing.T) {
			var given []netip.Prefix
			for _, network := range test.given {
				given = append(given, netip.MustParsePrefix(network))
			}
			var got []string
			for _, network := range aggregate(given) {
				got = append(got, network.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHostPort(t *testing.T) {
	for given, want := range map[string]struct {
		host string
		port uint16
	}{
		"https://192.168.1.10:6443": {"192.168.1.10", 6443},
		"https://192.168.1.10":      {"192.168.1.10", 443}, // the port may be left out
		"192.168.1.10:6443":         {"192.168.1.10", 6443},
		"http://192.168.1.10":       {"192.168.1.10", 80},
		"https://[fd00::1]:6443":    {"fd00::1", 6443},
		"https://api.example.com":   {"api.example.com", 443},
		"":                          {"", 0},
	} {
		host, port, err := hostPort(given)
		if err != nil || host != want.host || port != want.port {
			t.Errorf("%q: %s, %d, %v, want %v", given, host, port, err, want)
		}
	}
}
