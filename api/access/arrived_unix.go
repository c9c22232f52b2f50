//go:build unix

package access

import (
	"errors"
	"net"
	"syscall"
)

// peeker looks at what has arrived on one connection, and takes nothing off it.
type peeker struct {
	socket  syscall.RawConn
	nothing bool
	look    func(descriptor uintptr) bool
}

// newPeeker makes what a connection keeps: it looks before each probe.
func newPeeker(conn net.Conn) *peeker {
	p := &peeker{}
	p.look = func(descriptor uintptr) bool {
		// Sockets of Go do not block; PEEK leaves what there is for the reader.
		var buffer [1]byte
		_, _, err := syscall.Recvfrom(int(descriptor), buffer[:], syscall.MSG_PEEK)
		p.nothing = errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK)
		return true
	}
	if socket, ok := conn.(syscall.Conn); ok {
		p.socket, _ = socket.SyscallConn() // nil where there is none
	}
	return p
}

// nothingArrived says whether the connection is open and has nothing to read.
func (p *peeker) nothingArrived() bool {
	return p.socket != nil && p.socket.Read(p.look) == nil && p.nothing
}
