package v1alpha1

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/json"
)

// The API server may hold objects that do not fit these types: from a time when
// their CRD had no schema, or another one. An error about one of them would make
// the list that it is in fail, and the watch, and with them those of all others.
// So each is read as far as it fits. Of metadata the API server itself sees to
// that (k8s.io/apiextensions-apiserver v0.37.2, pkg/apiserver/schema/objectmeta).

// parts are an object of any type, its spec and status unread. Metadata has a
// name here, or it would be taken for a type that needs a CRD.
type parts struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        metav1.ObjectMeta `json:"metadata"`

	Spec   stdjson.RawMessage `json:"spec"`
	Status stdjson.RawMessage `json:"status"`
}

// UnmarshalJSON is part of json.Unmarshaler. A spec that does not fit is left
// empty, and Unreadable says why; so is a status, which is then as one that
// nobody has written yet.
func (m *MaaSModel) UnmarshalJSON(data []byte) error {
	type plain MaaSModel
	var whole plain
	if json.Unmarshal(data, &whole) == nil {
		*m = MaaSModel(whole)
		return nil
	}
	var p parts
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("reading a MaaSModel: %w", err)
	}
	*m = MaaSModel{TypeMeta: p.TypeMeta, ObjectMeta: p.Metadata}
	if m.Unreadable = misfit("spec", p.Spec, &m.Spec); m.Unreadable != "" {
		m.Spec = MaaSModelSpec{}
	}
	if misfit("status", p.Status, &m.Status) != "" {
		m.Status = MaaSModelStatus{}
	}
	return nil
}

// misfit decodes a part of an object and says what in it is of another type than
// it has to be; empty when nothing is.
func misfit(part string, raw []byte, into any) string {
	if len(raw) == 0 {
		return ""
	}
	err := json.Unmarshal(raw, into)
	if err == nil {
		return ""
	}
	// The standard library says where; it would also take fields in other case.
	var wrong *stdjson.UnmarshalTypeError
	if !errors.As(stdjson.Unmarshal(raw, into), &wrong) {
		return fmt.Sprintf("%s: %v", part, err)
	}
	found, _, _ := strings.Cut(wrong.Value, " ") // a number comes with its digits
	return fmt.Sprintf("%s is of type %s, and has to be of type %s", strings.TrimSuffix(part+"."+wrong.Field, "."), found, typeOf(wrong.Type))
}

// typeOf is what JSON calls a type.
func typeOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	}
	return "number"
}
