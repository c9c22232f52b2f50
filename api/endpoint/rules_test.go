package endpoint_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/endpoint"
)

func TestRules(t *testing.T) {
	loopback := endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	for name, test := range map[string]struct {
		rules endpoint.Rules
		url   string
		// refused is a part of the message; empty when the URL is allowed.
		refused string
	}{
		"cluster-local service":              {url: "http://granite.llm.svc.cluster.local:8000/v1"},
		"private address, clusters use them": {url: "http://10.96.1.2:8000"},
		"public https":                       {url: "https://models.example.com/llm/granite/"},
		"IPv6":                               {url: "https://[2001:db8::1]:8443"},
		"escaped path":                       {url: "https://models.example.com/a%2Fb"},

		"relative":               {url: "/v1", refused: "not an absolute"},
		"no scheme":              {url: "10.96.1.2:8000", refused: "does not parse"},
		"host only":              {url: "models.example.com", refused: "not an absolute"},
		"other scheme":           {url: "ftp://models.example.com", refused: "not an absolute"},
		"opaque":                 {url: "http:models.example.com", refused: "no host"},
		"no host":                {url: "http:///v1", refused: "no host"},
		"port only":              {url: "http://:80", refused: "no host"},
		"password":               {url: "https://user:secret@models.example.com", refused: "user name"},
		"password, no scheme":    {url: "user:secret@models.example.com", refused: "not an absolute"},
		"token in a query":       {url: "https://models.example.com/?token=secret", refused: "query"},
		"user":                   {url: "https://user@models.example.com", refused: "user name"},
		"query":                  {url: "https://models.example.com/?next=x", refused: "query"},
		"empty query":            {url: "https://models.example.com/?", refused: "query"},
		"fragment":               {url: "https://models.example.com/#x", refused: "fragment"},
		"empty fragment":         {url: "https://models.example.com/#", refused: "fragment"},
		"port zero":              {url: "http://models.example.com:0", refused: "port"},
		"port too large":         {url: "http://models.example.com:65536", refused: "port"},
		"empty port":             {url: "http://models.example.com:", refused: "port"},
		"climbs out":             {url: "http://models.example.com/a/../b", refused: "segment"},
		"climbs out, escaped":    {url: "http://models.example.com/a/%2e%2e/b", refused: "segment"},
		"newline":                {url: "http://models.example.com/\nHost: x", refused: "control"},
		"backslash":              {url: `http://models.example.com\@evil.example`, refused: "backslash"},
		"leading space":          {url: " http://models.example.com", refused: "space"},
		"far too long":           {url: "http://models.example.com/" + strings.Repeat("a", 3000), refused: "longer"},
		"loopback":               {url: "http://127.0.0.1:9000", refused: "loopback"},
		"loopback name":          {url: "http://localhost:9000", refused: "loopback"},
		"loopback name, dot":     {url: "http://LOCALHOST.:9000", refused: "loopback"},
		"loopback subdomain":     {url: "http://x.localhost", refused: "loopback"},
		"loopback IPv6":          {url: "http://[::1]:9000", refused: "loopback"},
		"loopback mapped":        {url: "http://[::ffff:127.0.0.1]", refused: "loopback"},
		"metadata":               {url: "http://169.254.169.254/latest", refused: "link-local"},
		"metadata mapped":        {url: "http://[::ffff:169.254.169.254]/", refused: "link-local"},
		"metadata NAT64":         {url: "http://[64:ff9b::a9fe:a9fe]/", refused: "link-local"},
		"metadata IPv6":          {url: "http://[fd00:ec2::254]/", refused: "metadata"},
		"metadata as a number":   {url: "http://2852039166/", refused: "number"},
		"loopback in hex":        {url: "http://0x7f.1/", refused: "number"},
		"loopback in octal":      {url: "http://0177.0.0.1/", refused: "number"},
		"loopback in hex, one":   {url: "http://0x7f000001/", refused: "number"},
		"loopback, upper case":   {url: "http://0X7F.0.0.1/", refused: "number"},
		"loopback in octal, one": {url: "http://017700000001/", refused: "number"},
		"loopback, no octal":     {url: "http://127.0.0.08/", refused: "number"},
		"loopback, leading zero": {url: "http://127.0.0.01/", refused: "number"},
		"loopback, shorter":      {url: "http://127.1/", refused: "number"},
		"loopback, three parts":  {url: "http://127.0.1/", refused: "number"},
		"loopback as a number":   {url: "http://2130706433/", refused: "number"},
		"beyond 32 bits":         {url: "http://4294967297/", refused: "number"},
		"beyond 64 bits":         {url: "http://340282366920938463463374607433.1.99999999999999999999/", refused: "number"},
		"an empty hex number":    {url: "http://127.0.0.0x/", refused: "number"},
		"zero":                   {url: "http://0/", refused: "number"},
		"five parts":             {url: "http://1.127.0.0.1/", refused: "number"},
		"a name, then a number":  {url: "http://models.example.1/", refused: "number"},
		"number, final dot":      {url: "http://2130706433./", refused: "number"},
		"loopback, final dot":    {url: "http://127.0.0.1./", refused: "loopback"},
		"loopback, two dots":     {url: "http://127.0.0.1../", refused: "two dots"},
		"a dot at the start":     {url: "http://.127.0.0.1/", refused: "two dots"},
		"dots within":            {url: "http://models..example.com/", refused: "two dots"},
		"dots alone":             {url: "http://../", refused: "two dots"},
		"mark in the path":       {url: "http://models.example.com/\u202elmth", refused: "not ASCII"},
		"C1 control in the path": {url: "http://models.example.com/\u009b2J", refused: "not ASCII"},
		"letters in the path":    {url: "http://models.example.com/modèle", refused: "percent-encode"},
		"fullwidth digits":       {url: "http://１２７.0.0.1/", refused: "character"},
		"circled digits":         {url: "http://①②⑦.0.0.1/", refused: "character"},
		"ideographic dots":       {url: "http://127。0。0。1/", refused: "character"},
		"fullwidth, escaped":     {url: "http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/", refused: "character"},
		"escaped digits":         {url: "http://%31%32%37.0.0.1/", refused: "does not parse"},
		"soft hyphen":            {url: "http://127.0.0.\u00ad1/", refused: "character"},
		"comma for a dot":        {url: "http://127,0,0,1/", refused: "character"},
		"IPv4 in brackets":       {url: "http://[127.0.0.1]/", refused: "does not parse"},
		"short IPv4 in IPv6":     {url: "http://[::ffff:127.1]/", refused: "does not parse"},
		"IPv6, no brackets":      {url: "http://::1/", refused: "does not parse"},
		"name like a number":     {url: "http://0x7f.example.com/"},
		"name of digits first":   {url: "http://127.0.0.1.nip.io/"},
		"final dot":              {url: "http://models.example.com./"},
		"unspecified":            {url: "http://0.0.0.0:80", refused: "not the address of a host"},
		"unspecified IPv6":       {url: "http://[::]:80", refused: "not the address of a host"},
		"multicast":              {url: "http://224.0.0.1", refused: "multicast"},
		"broadcast":              {url: "http://255.255.255.255", refused: "not the address of a host"},
		"zone":                   {url: "http://[fe80::1%25eth0]/", refused: "link-local"},

		"allowed loopback":               {rules: loopback, url: "http://127.0.0.1:9000"},
		"allowed loopback name":          {rules: loopback, url: "http://localhost:9000"},
		"allowed loopback, mapped":       {rules: loopback, url: "http://[::ffff:127.0.0.1]:9000"},
		"an exception opens no other":    {rules: loopback, url: "http://169.254.169.254", refused: "link-local"},
		"an IPv4 exception is not ::1's": {rules: loopback, url: "http://[::1]:9000", refused: "loopback"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.rules.Parse(test.url)
			switch {
			case test.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.refused != "" && err == nil:
				t.Error("allowed")
			case err != nil && !strings.Contains(err.Error(), test.refused):
				t.Errorf("refused for another reason: %v", err)
			case err != nil && !errors.Is(err, endpoint.ErrInvalid):
				t.Errorf("not an ErrInvalid: %v", err)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("repeats a password: %v", err)
			}
		})
	}
}
