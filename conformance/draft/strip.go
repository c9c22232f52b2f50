package draft

import (
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Hidden stands in the place of what was taken out.
const Hidden = "REDACTED"

// maxAnnotation is how long an annotation may be that is kept, in bytes: what is longer is
// a program's copy of something.
const maxAnnotation = 1024

var (
	// secretName is the name of a setting, a flag or a field that holds a secret. Here a
	// token is also what models count, so that tokens and tokenizer are none.
	secretName = regexp.MustCompile(`(?i)(passw|passwd|passphrase|secret|credential|authorization|bearer|private[-_]?key|api[-_]?key|access[-_]?key|account[-_]?key|cookie|(^|[-_.a-z])token$|[-_]key$|[-_]auth$|[-_]pat$)`)
	// reference is a name that only says where a secret is.
	reference = regexp.MustCompile(`(?i)(name|names|ref|refs|reference|path|file|mount|provider|version|policy|mode|type|enabled|namespace|class|store)$`)
	// personName is the name of a field or annotation that says who somebody is.
	personName = regexp.MustCompile(`(?i)(^|[-_./])(e?mail|username|user|requester|creator|creator-?id|owner|author|last-?modified-?by|created-?by-?user)$`)

	email     = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
	userinfo  = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^/@\s"']+@`)
	bearer    = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}`)
	jwt       = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)
	wellKnown = regexp.MustCompile(`\b(hf_|sk-|nvapi-|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza)[A-Za-z0-9_-]{10,}`)
	pem       = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
	query     = regexp.MustCompile(`(?i)([?&][^=&\s]*(token|key|secret|password|signature|sig|credential)[^=&\s]*=)[^&\s"']+`)
	// flagValue is a flag with its value behind a space, assigned a name with its value in a
	// command or in a text in YAML or JSON.
	flagValue = regexp.MustCompile(`(--?([A-Za-z][A-Za-z0-9_.-]*))(\s+["']?)([^\s"'-][^\s"']*)`)
	assigned  = regexp.MustCompile(`(["']?([A-Za-z_][A-Za-z0-9_.-]*)["']?)(=["']?|:\s+["']?|:["'])([^\s"'&,}]+)`)
)

// Stripped is an object without secrets and personal data: values of settings, arguments
// and fields called as a secret is, credentials in texts, e-mail addresses, users of URLs,
// and what programs keep in annotations. It is a copy.
func Stripped(object *unstructured.Unstructured) *unstructured.Unstructured {
	o := object.DeepCopy()
	o.SetManagedFields(nil)
	annotations := o.GetAnnotations()
	for key, text := range annotations {
		if strings.HasSuffix(key, "last-applied-configuration") || len(text) > maxAnnotation {
			delete(annotations, key)
		}
	}
	if len(annotations) == 0 {
		unstructured.RemoveNestedField(o.Object, "metadata", "annotations")
	} else {
		o.SetAnnotations(annotations)
	}
	if o.GetKind() == "Secret" {
		for _, part := range []string{"data", "stringData"} {
			data, _ := o.Object[part].(map[string]any)
			for key := range data {
				data[key] = Hidden
			}
		}
	}
	o.Object, _ = stripped(o.Object).(map[string]any)
	return o
}

func stripped(value any) any {
	switch v := value.(type) {
	case map[string]any:
		name, named := v["name"].(string)
		for key, inside := range v {
			switch {
			case scalar(inside) && (secret(key) || personName.MatchString(key) || named && key == "value" && secret(name)):
				v[key] = Hidden
			default:
				v[key] = stripped(inside)
			}
		}
		return v
	case []any:
		for i, inside := range v {
			before, ok := any(nil), false
			if i > 0 {
				before, ok = v[i-1], true
			}
			flag, _ := before.(string)
			if _, isText := inside.(string); ok && isText && strings.HasPrefix(flag, "-") && !strings.Contains(flag, "=") && secret(flag) {
				v[i] = Hidden
				continue
			}
			v[i] = stripped(inside)
		}
		return v
	case string:
		return strippedText(v)
	}
	return value
}

// scalar says whether there is something that could be a secret.
func scalar(value any) bool {
	switch v := value.(type) {
	case string:
		return v != ""
	case int64, float64:
		return true
	}
	return false
}

func secret(name string) bool { return secretName.MatchString(name) && !reference.MatchString(name) }

// strippedText takes credentials out of a text, which may be a command or a document.
func strippedText(text string) string {
	text = pem.ReplaceAllString(text, Hidden)
	text = userinfo.ReplaceAllString(text, "${1}")
	text = bearer.ReplaceAllString(text, "${1} "+Hidden)
	text = query.ReplaceAllString(text, "${1}"+Hidden)
	for _, form := range []*regexp.Regexp{jwt, wellKnown} {
		text = form.ReplaceAllString(text, Hidden)
	}
	if strings.Contains(text, "@") {
		text = email.ReplaceAllString(text, "person@example.com")
	}
	for _, form := range []*regexp.Regexp{flagValue, assigned} {
		text = form.ReplaceAllStringFunc(text, func(found string) string {
			if parts := form.FindStringSubmatch(found); secret(parts[2]) && !isScheme(parts[4]) {
				return parts[1] + parts[3] + Hidden
			}
			return found
		})
	}
	return text
}

// isScheme says whether a word only begins the value of an Authorization, which has been
// taken out before.
func isScheme(word string) bool {
	return strings.EqualFold(word, "bearer") || strings.EqualFold(word, "basic")
}

// StrippedAll strips each of several objects.
func StrippedAll(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	all := slices.Clone(objects)
	for i, o := range all {
		all[i] = Stripped(o)
	}
	return all
}
