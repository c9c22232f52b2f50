package tenants_test

import (
	"context"
	"os"
	"testing"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) {
	prepare := func() error { return install.Prepare(context.Background(), install.Commands()...) }
	os.Exit(isolate.Main(prepare, func() int { return server.Main(m) }))
}
