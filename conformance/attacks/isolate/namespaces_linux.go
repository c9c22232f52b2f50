package isolate

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/vishvananda/netlink"
)

// Nameserver is where a DNS server of the tests is asked by every program that
// they start.
const Nameserver = "127.0.0.53"

func namespaces() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if uid := os.Getuid(); uid != 0 {
		attributes.Cloneflags |= syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return attributes
}

// localTable is where the kernel keeps its own addresses.
const localTable = 255

// enter makes every address this machine's own, and sends look-ups of names to
// Nameserver.
func enter() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("finding the loopback interface: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("starting the loopback interface: %w", err)
	}
	for _, all := range []string{"0.0.0.0/0", "::/0"} {
		_, everything, err := net.ParseCIDR(all)
		if err != nil {
			return err
		}
		route := &netlink.Route{LinkIndex: lo.Attrs().Index, Dst: everything, Type: syscall.RTN_LOCAL, Table: localTable, Scope: netlink.SCOPE_HOST}
		if err := netlink.RouteAdd(route); err != nil {
			return fmt.Errorf("making %s local: %w", all, err)
		}
	}
	if err := node(lo); err != nil {
		return err
	}
	return errors.Join(
		replace("/etc/resolv.conf", "nameserver "+Nameserver+"\nsearch maas-system.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5 timeout:1 attempts:1\n"),
		replace("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
	)
}

// NodeAddress is this machine's in its own network.
const NodeAddress = "10.0.0.2"

// node gives the machine an address and a default route, by which an API server
// finds out what to call itself. What is sent stays here all the same: the local
// table is looked at first.
func node(lo netlink.Link) error {
	address, err := netlink.ParseAddr(NodeAddress + "/32")
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(lo, address); err != nil {
		return fmt.Errorf("adding the address %s: %w", NodeAddress, err)
	}
	_, everything, err := net.ParseCIDR("0.0.0.0/0")
	if err != nil {
		return err
	}
	if err := netlink.RouteAdd(&netlink.Route{LinkIndex: lo.Attrs().Index, Dst: everything, Scope: netlink.SCOPE_LINK}); err != nil {
		return fmt.Errorf("adding a default route: %w", err)
	}
	return nil
}

// replace puts other content in the place of a file, for this process and those
// that it starts.
func replace(path, content string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keeping mounts to this process: %w", err)
	}
	file, err := os.CreateTemp("", "isolated-")
	if err != nil {
		return fmt.Errorf("writing what replaces %s: %w", path, err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(content)
	if err := errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("writing what replaces %s: %w", path, err)
	}
	if err := syscall.Mount(file.Name(), path, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("replacing %s: %w", path, err)
	}
	return nil
}
