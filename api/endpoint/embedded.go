package endpoint

import "net/netip"

// form is a way in which an IPv4 address sits inside an IPv6 address.
type form struct {
	within netip.Prefix
	// at are the indexes of the four bytes among the sixteen.
	at [4]int
	// flip is what each of them was XORed with.
	flip byte
	// guess says that other readings of the same address are as likely.
	guess bool
}

// forms are all of them whose place is told by a prefix. What a site may choose
// for itself cannot be known: a NAT64 prefix of its own (RFC 6052, 2.2) and 6rd
// (RFC 5969). There the translator has to refuse.
var forms = []form{
	{within: netip.MustParsePrefix("::ffff:0:0/96"), at: [4]int{12, 13, 14, 15}},               // mapped, RFC 4291, 2.5.5.2
	{within: netip.MustParsePrefix("::/96"), at: [4]int{12, 13, 14, 15}},                       // compatible, RFC 4291, 2.5.5.1
	{within: netip.MustParsePrefix("::ffff:0:0:0/96"), at: [4]int{12, 13, 14, 15}},             // translated, RFC 2765, 2.1
	{within: netip.MustParsePrefix("64:ff9b::/96"), at: [4]int{12, 13, 14, 15}},                // NAT64, RFC 6052, 2.1
	{within: netip.MustParsePrefix("2002::/16"), at: [4]int{2, 3, 4, 5}},                       // 6to4, RFC 3056, 2
	{within: netip.MustParsePrefix("2001::/32"), at: [4]int{4, 5, 6, 7}},                       // Teredo's server, RFC 4380, 4
	{within: netip.MustParsePrefix("2001::/32"), at: [4]int{12, 13, 14, 15}, flip: 0xff},       // Teredo's client
	{within: netip.MustParsePrefix("64:ff9b:1::/48"), at: [4]int{6, 7, 9, 10}, guess: true},    // NAT64 of a site's own, RFC 8215: its
	{within: netip.MustParsePrefix("64:ff9b:1::/48"), at: [4]int{7, 9, 10, 11}, guess: true},   // prefix may have 48, 56, 64 or 96 bits,
	{within: netip.MustParsePrefix("64:ff9b:1::/48"), at: [4]int{9, 10, 11, 12}, guess: true},  // and each puts the IPv4 address
	{within: netip.MustParsePrefix("64:ff9b:1::/48"), at: [4]int{12, 13, 14, 15}, guess: true}, // elsewhere (RFC 6052, 2.2)
}

// LeadsTo gives where packets to an address may end: the address, without zone
// and unmapped, and every IPv4 address inside it.
func LeadsTo(addr netip.Addr) []netip.Addr {
	addr = addr.WithZone("").Unmap()
	inner, count := embedded(addr)
	return append([]netip.Addr{addr}, inner[:count]...)
}

// embedded gives the IPv4 addresses that an IPv6 address may lead to: the first
// count of inner.
func embedded(addr netip.Addr) (inner [5]netip.Addr, count int) {
	if addr.Is4() {
		return inner, 0
	}
	b := addr.As16()
	add := func(at [4]int, flip byte) {
		inner[count] = netip.AddrFrom4([4]byte{b[at[0]] ^ flip, b[at[1]] ^ flip, b[at[2]] ^ flip, b[at[3]] ^ flip})
		count++
	}
	for i := range forms {
		f := &forms[i]
		// A wrong guess mostly reads zeros. A right one never does: no translator
		// sends to 0.0.0.0/8.
		if !f.within.Contains(addr) || f.guess && b[f.at[0]] == 0 {
			continue
		}
		add(f.at, f.flip)
	}
	// ISATAP marks the lower half of an address in any network (RFC 5214, 6.1).
	if b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe {
		add([4]int{12, 13, 14, 15}, 0)
	}
	return inner, count
}
