package format

import (
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/catalog"
)

// Whatever a model's maker writes is text in every form, the same as it was written,
// and in none of them a character that some reader of YAML refuses a whole file for,
// or that shows people another text.
func TestTextsStayTexts(t *testing.T) {
	m := hostile()
	for _, form := range Forms() {
		t.Run(form.Name, func(t *testing.T) {
			body := written(t, form, m, plain())
			if i := strings.IndexAny(body, "\x7f\u0085\u009b\u2028\u202e\u200f\ufeff\uffff"); i >= 0 {
				t.Errorf("%q is not escaped", body[i:min(len(body), i+20)])
			}
			all := texts(documents(t, body))
			if form.Name != "ollama" && form.Name != "litellm" && !slices.Contains(all, m.Name) { // they show ids alone
				t.Errorf("its name is not there as it was written, in\n%s", body)
			}
			for _, text := range all {
				if strings.HasPrefix(text, "os.environ/") && text != "os.environ/"+KeyVariable {
					t.Errorf("LiteLLM takes %q for one of its variables", text)
				}
				if strings.HasPrefix(text, "http") && strings.ContainsAny(text, "{}") {
					t.Errorf("the URL %q has braces", text)
				}
			}
		})
	}
}

// opencode replaces these in the text of its configuration, strings or not.
func TestNoTextIsAVariableOfOpenCode(t *testing.T) {
	body := written(t, named(t, "opencode"), hostile())
	if strings.Count(body, "{env:") != 1 || strings.Count(body, `"apiKey":"{env:`+KeyVariable+`}"`) != 1 || strings.Contains(body, "{file:") {
		t.Errorf("more than the key is replaced in\n%s", body)
	}
}

// A number that is none must not make one of a form, nor a file that nobody reads.
func TestPricesThatAreNone(t *testing.T) {
	for _, price := range []string{"", "free", "1e-7", "0x10", "-1", "+1", ".5", "1.", "NaN", "1_000", "0.1 ", "1,5", "99999999999", "1\n", "٣"} {
		m := plain(func(m *catalog.Model) {
			m.Pricing = &catalog.Pricing{Prompt: price, Completion: price, Currency: "USD"}
		})
		if prompt, completion := prices(m); prompt != "" || completion != "" {
			t.Errorf("%q is the price %q", price, prompt)
		}
	}
}

// texts are all strings of a JSON value, its keys among them.
func texts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, one := range value {
			all = append(all, texts(one)...)
		}
		return all
	case map[string]any:
		var all []string
		for key, one := range value {
			all = append(append(all, key), texts(one)...)
		}
		return all
	}
	return nil
}
