package command

import (
	"context"
	"fmt"
	"net"
	"os"
)

// FreeAddresses are n addresses of loopback, as host:port; nobody listened at them just
// now.
func FreeAddresses(ctx context.Context, n int) ([]string, error) {
	var addresses []string
	for range n {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("looking for a free port: %w", err)
		}
		defer listener.Close() //nolint:errcheck // nobody was to connect
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}

// Tail is the end of a log; nothing where there is none.
func Tail(file string) string {
	const most = 2000
	content, _ := os.ReadFile(file) // without one there is nothing to show
	return string(content[max(0, len(content)-most):])
}
