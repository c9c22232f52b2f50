//go:build unix

package access

import (
	"errors"
	"net"
	"syscall"
)

// nothingArrived says whether a connection is open and has nothing to read.
func nothingArrived(conn net.Conn) bool {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	nothing := false
	err = raw.Read(func(descriptor uintptr) bool {
		// Sockets of Go do not block; PEEK leaves what there is for the reader.
		var buffer [1]byte
		_, _, err := syscall.Recvfrom(int(descriptor), buffer[:], syscall.MSG_PEEK)
		nothing = errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK)
		return true
	})
	return err == nil && nothing
}
