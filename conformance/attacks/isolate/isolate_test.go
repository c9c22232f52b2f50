package isolate_test

import (
	"net"
	"os"
	"testing"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
)

func TestMain(m *testing.M) { os.Exit(isolate.Main(nil, m.Run)) }

// Whatever address is connected to, somebody here is asked.
func TestEveryAddressIsOurs(t *testing.T) {
	isolate.Require(t)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":18080")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	for _, address := range []string{"10.96.0.10", "169.254.169.254", "8.8.8.8", "127.0.0.1", "2001:db8::1", "fd00:ec2::254"} {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort(address, "18080"))
		if err != nil {
			t.Errorf("connecting to %s: %v", address, err)
			continue
		}
		_ = connection.Close()
		accepted, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if to := accepted.LocalAddr().(*net.TCPAddr).IP; !to.Equal(net.ParseIP(address)) {
			t.Errorf("who connects to %s reaches %s", address, to)
		}
		_ = accepted.Close()
	}
}
