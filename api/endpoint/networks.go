package endpoint

import (
	"net/netip"
	"slices"
)

// Network is a network that no backend lives in.
type Network struct {
	Prefix netip.Prefix
	// Is ends the sentence "ADDRESS is ...".
	Is string
	// Source is the document that says so: an RFC, or a page of the provider.
	Source string
}

// RefusedNetworks are the networks whose addresses CheckAddr refuses. The first
// that contains an address says what it is.
func RefusedNetworks() []Network { return slices.Clone(refusedNetworks) }

// refusedNetworks are the metadata services of clouds, and the networks of
// IANA's special-purpose registries (RFC 6890) that nothing can be reached in
// but this machine, its link, or many hosts at once.
//
// Left open on purpose, because clusters do use them: 10.0.0.0/8, 172.16.0.0/12,
// 192.168.0.0/16 and fc00::/7; 100.64.0.0/10 and 240.0.0.0/4 (Pods, where private
// addresses ran out), 198.18.0.0/15 (service meshes) and the documentation
// networks. A Pod that happens to get a metadata service's address of
// 100.64.0.0/10 needs --allow-cidr.
//
// Not in the table, because they have no address of their own: CloudStack, which
// serves metadata at the virtual router of each network, and services that are
// reached by a public name.
var refusedNetworks = []Network{
	{netip.MustParsePrefix("0.0.0.0/8"), "not the address of a host", "RFC 1122, 3.2.1.3; Linux takes 0.0.0.0 for itself"},
	{netip.MustParsePrefix("127.0.0.0/8"), "a loopback address", "RFC 1122, 3.2.1.3"},
	// At 169.254.169.254: AWS, Azure, Google Cloud, OCI, IBM Cloud, OpenStack, DigitalOcean, Hetzner, Vultr, Akamai and most others.
	// Elsewhere in it: 169.254.170.2 and .23 (AWS ECS, EKS), 169.254.42.42 (Scaleway), 169.254.0.23 and 169.254.10.10 (Tencent Cloud).
	{netip.MustParsePrefix("169.254.0.0/16"), "a link-local address, where metadata services live", "RFC 3927"},
	{netip.MustParsePrefix("100.100.100.200/32"), "the metadata service of Alibaba Cloud", "https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata"},
	{netip.MustParsePrefix("100.96.0.96/32"), "the metadata service of Volcengine and BytePlus", "https://docs.byteplus.com/en/docs/ecs/Viewing-instance-metadata"},
	{netip.MustParsePrefix("100.80.80.80/32"), "the metadata service of UCloud", "https://docs.ucloud.cn/uhost/guide/metadata/metadata-server"},
	{netip.MustParsePrefix("168.63.129.16/32"), "Azure's WireServer, a metadata service", "https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16"},
	{netip.MustParsePrefix("192.0.0.192/32"), "the metadata service of Oracle Cloud Infrastructure Classic", "Oracle Compute Cloud Service (Classic), Retrieving Instance Metadata"},
	{netip.MustParsePrefix("192.0.0.0/24"), "not the address of a host", "RFC 6890, 2.2.2: IETF protocol assignments"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a multicast address", "RFC 5771"},
	{netip.MustParsePrefix("255.255.255.255/32"), "not the address of a host", "RFC 919: limited broadcast"},

	{netip.MustParsePrefix("::/128"), "not the address of a host", "RFC 4291, 2.5.2; Linux takes it for itself"},
	{netip.MustParsePrefix("::1/128"), "a loopback address", "RFC 4291, 2.5.3"},
	{netip.MustParsePrefix("100::/64"), "not the address of a host", "RFC 6666: packets to it are discarded"},
	// fe80::a9fe:a9fe is OpenStack's metadata service.
	{netip.MustParsePrefix("fe80::/10"), "a link-local address, where metadata services live", "RFC 4291, 2.5.6"},
	// Emulators put the host itself there: QEMU's user network has it at fec0::2.
	{netip.MustParsePrefix("fec0::/10"), "a site-local address, which no network uses any more", "RFC 3879"},
	{netip.MustParsePrefix("ff00::/8"), "a multicast address", "RFC 4291, 2.7"},
	// AWS gives out no address of fd00::/16. In this part are IMDS (::254), EKS Pod Identity (::23), DNS (::253) and time (::123).
	{netip.MustParsePrefix("fd00:ec2::/32"), "in AWS's own network, where its metadata services live", "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html"},
	{netip.MustParsePrefix("fd20:ce::254/128"), "the metadata service of Google Cloud", "https://docs.cloud.google.com/compute/docs/metadata/overview"},
	{netip.MustParsePrefix("fd00:c1::a9fe:a9fe/128"), "the metadata service of Oracle Cloud Infrastructure", "https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm; oracle/oci-python-sdk"},
	{netip.MustParsePrefix("fd00:42::42/128"), "the metadata service of Scaleway", "https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html"},
	{netip.MustParsePrefix("fd00:a9fe:a9fe::1/128"), "the metadata service of Akamai (Linode)", "https://techdocs.akamai.com/cloud-computing/docs/metadata-service-api"},
	{netip.MustParsePrefix("fd00:100::100:200/128"), "the metadata service of Alibaba Cloud", "canonical/cloud-init, cloudinit/sources/DataSourceAliYun.py"},
}
