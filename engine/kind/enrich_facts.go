package kind

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// word is one of those that are known, in any case of letters.
func (r factReader) word(field string, all func() []string) string {
	if !r.asked(field) {
		return ""
	}
	known := all()
	word, _ := r.take(field, func(value any) (any, string) {
		text, ok := value.(string)
		if !ok {
			return nil, wrongType(value, "string")
		}
		if word := strings.ToLower(strings.TrimSpace(text)); slices.Contains(known, word) {
			return word, ""
		}
		return nil, "it is none of " + strings.Join(known, ", ")
	}).(string)
	return word
}

// origin is where weights are from. A user, a password and a query in a URI are
// how credentials are given.
func (r factReader) origin(field string) string {
	if !r.asked(field) {
		return ""
	}
	text, _ := r.take(field, func(value any) (any, string) {
		text, ok := value.(string)
		if !ok {
			return nil, wrongType(value, "string")
		}
		text, note := fitForClients(text, maxSource)
		switch {
		case text == "":
			return nil, note
		case mayHoldCredentials(text):
			return nil, "it is left out: a user, a query or a fragment may be credentials"
		}
		return text, note
	}).(string)
	return text
}

func mayHoldCredentials(uri string) bool {
	_, rest, _ := strings.Cut(uri, "://")
	authority, _, _ := strings.Cut(rest, "/")
	return strings.Contains(authority, "@") || strings.ContainsAny(uri, "?#")
}

// count is a positive whole number; annotations and many status fields hold it
// as text.
func (r factReader) count(field string) int64 {
	if !r.asked(field) {
		return 0
	}
	n, _ := r.take(field, func(value any) (any, string) {
		n, ok := wholeNumber(value)
		switch {
		case !ok || n <= 0:
			return nil, "the value is not a positive whole number"
		case n > maxCount:
			return nil, fmt.Sprintf("the value is more than %d", maxCount)
		}
		return n, ""
	}).(int64)
	return n
}

// replicas may be none.
func (r factReader) replicas(field string) *int64 {
	if !r.asked(field) {
		return nil
	}
	n, known := r.take(field, func(value any) (any, string) {
		if n, ok := wholeNumber(value); ok && n >= 0 && n <= maxCount {
			return n, ""
		}
		return nil, fmt.Sprintf("the value is not a whole number from 0 to %d", maxCount)
	}).(int64)
	if !known {
		return nil
	}
	return &n
}

// wholeNumber reads a text as vLLM reads its --max-model-len, which kinds take
// from the arguments of containers: 32k are 32,000 and 32K are 32,768, and only
// the former may have decimals (vllm-project/vllm v0.10.2,
// vllm/engine/arg_utils.py, human_readable_int).
func wholeNumber(value any) (int64, bool) {
	text, ok := value.(string)
	if !ok {
		f, ok := syntax.Number(value)
		return int64(f), ok && f == math.Trunc(f) && math.Abs(f) <= 1<<53
	}
	text = strings.TrimSpace(text)
	last := len(text) - 1
	if last < 1 {
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	}
	if i := strings.IndexByte("kmg", text[last]); i >= 0 {
		f, err := strconv.ParseFloat(text[:last], 64)
		f = math.Floor(f * math.Pow10(3*(i+1)))
		return int64(f), err == nil && math.Abs(f) <= 1<<53
	}
	shift := 0
	if i := strings.IndexByte("KMG", text[last]); i >= 0 {
		text, shift = text[:last], 10*(i+1)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n << shift, err == nil && n<<shift>>shift == n
}
