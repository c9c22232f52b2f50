package format

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
)

// decimal is how prices are written. YAML 1.1, which PyYAML reads, takes an exponent
// without a point for text.
var decimal = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,18})?$`)

// prices of a prompt's and a completion's token in US dollars, as decimal numbers;
// empty where they are not known.
func prices(m *catalog.Model) (prompt, completion string) {
	if m.Pricing == nil || m.Pricing.Currency != "USD" {
		return "", ""
	}
	return price(m.Pricing.Prompt), price(m.Pricing.Completion)
}

func price(text string) string {
	if !decimal.MatchString(text) {
		return ""
	}
	// JSON has no number that begins with more than one zero.
	if whole := strings.TrimLeft(text, "0"); whole != "" && whole[0] != '.' {
		return whole
	} else if whole != "" {
		return "0" + whole
	}
	return "0"
}

// number is a price in JSON; nil where there is none.
func number(price string) *json.Number {
	if price == "" {
		return nil
	}
	n := json.Number(price)
	return &n
}

// perMillion is the price of a million tokens; empty where there is none.
func perMillion(price string) string {
	const six = "000000"
	if price == "" {
		return ""
	}
	whole, fraction, _ := strings.Cut(price, ".")
	fraction += six[:max(0, len(six)-len(fraction))]
	whole = strings.TrimLeft(whole+fraction[:len(six)], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction[len(six):], "0"); fraction == "" {
		return whole
	}
	return whole + "." + fraction
}
