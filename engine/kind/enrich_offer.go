package kind

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const (
	// maxParameters is more than any model has.
	maxParameters = 1_000_000_000_000_000
	// maxPrice is more than any token costs, in whatever currency.
	maxPrice = 1_000_000
)

// parameterCount is a positive whole number, or one with a suffix, as models are
// named by: 8.03B are 8,030,000,000.
func (r factReader) parameterCount(field string) int64 {
	if !r.asked(field) {
		return 0
	}
	n, _ := r.take(field, func(value any) (any, string) {
		if n, ok := parameters(value); ok && n >= 1 && n <= maxParameters {
			return n, ""
		}
		return nil, "the value is no count of parameters: write a whole number, or one such as 8.03B with K, M, B or T behind it"
	}).(int64)
	return n
}

func parameters(value any) (int64, bool) {
	text, ok := value.(string)
	if !ok {
		return wholeNumber(value)
	}
	text = strings.ToUpper(strings.TrimSpace(text))
	scale := 1.0
	if last := len(text) - 1; last > 0 {
		if i := strings.IndexByte("KMBT", text[last]); i >= 0 {
			text, scale = text[:last], math.Pow10(3*(i+1))
		}
	}
	if !decimalNumber(text) {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	f = math.Round(f * scale)
	return int64(f), err == nil && f <= maxParameters
}

// decimalNumber says whether a text is digits, with one point at most.
func decimalNumber(text string) bool {
	whole, fraction, point := strings.Cut(text, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return len(text) <= 32 && digits(whole) && (!point || digits(fraction))
}

// price is a decimal number of no sign. One that is written with an exponent is
// written out.
func (r factReader) price(field string) string {
	if !r.asked(field) {
		return ""
	}
	price, _ := r.take(field, func(value any) (any, string) {
		if price, ok := decimalPrice(value); ok {
			return price, ""
		}
		return nil, fmt.Sprintf("the value is no price: write a decimal number from 0 to %d, such as 0.0000002", maxPrice)
	}).(string)
	return price
}

func decimalPrice(value any) (string, bool) {
	text, isText := value.(string)
	text = strings.TrimSpace(text)
	f, ok := syntax.Number(value)
	if isText {
		parsed, err := strconv.ParseFloat(text, 64)
		f, ok = parsed, err == nil
	}
	if !ok || !(f >= 0 && f <= maxPrice) { // written so that NaN is none
		return "", false
	}
	if isText && decimalNumber(text) {
		return text, true
	}
	text = strconv.FormatFloat(f, 'f', -1, 64)
	return text, decimalNumber(text)
}

// currency is an ISO 4217 code, in capitals.
func (r factReader) currency(field string) string {
	if !r.asked(field) {
		return ""
	}
	code, _ := r.take(field, func(value any) (any, string) {
		text, _ := value.(string)
		if code := strings.ToUpper(strings.TrimSpace(text)); len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			return code, ""
		}
		return nil, "the value is no currency: write its ISO 4217 code, such as USD"
	}).(string)
	return code
}

// time is a day, which begins at midnight UTC, or a time of RFC 3339.
func (r factReader) time(field string) *metav1.Time {
	if !r.asked(field) {
		return nil
	}
	at, known := r.take(field, func(value any) (any, string) {
		text, _ := value.(string)
		if at, ok := timeOf(strings.TrimSpace(text)); ok {
			return at, ""
		}
		return nil, "the value is no time: write a day such as 2026-12-31, or a time such as 2026-12-31T12:00:00Z"
	}).(time.Time)
	if !known {
		return nil
	}
	return &metav1.Time{Time: at}
}

func timeOf(text string) (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	at = at.UTC().Truncate(time.Second)
	// RFC 3339 has four digits for a year, and an offset may lead out of them.
	return at, err == nil && at.Year() >= 1970 && at.Year() <= 9999
}
