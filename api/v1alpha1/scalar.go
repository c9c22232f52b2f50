package v1alpha1

import (
	"encoding/json"
	"fmt"
)

// Scalar is a string, a number or a boolean.
//
// +kubebuilder:validation:Type=""
// +kubebuilder:pruning:PreserveUnknownFields
type Scalar struct {
	// Value is a string, a float64 or a bool.
	Value any `json:"-"`
}

// MarshalJSON is part of json.Marshaler.
func (s Scalar) MarshalJSON() ([]byte, error) { return json.Marshal(s.Value) }

// UnmarshalJSON is part of json.Unmarshaler.
func (s *Scalar) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	switch value.(type) {
	case nil, string, float64, bool:
		s.Value = value
		return nil
	}
	return fmt.Errorf("%s is no string, number or boolean", text)
}

// DeepCopy is its own copy: what it holds never changes.
func (s *Scalar) DeepCopy() *Scalar {
	if s == nil {
		return nil
	}
	return &Scalar{Value: s.Value}
}

// DeepCopyInto is part of what controller-gen gives every other type.
func (s *Scalar) DeepCopyInto(out *Scalar) { *out = *s }

// Constants are what scalars hold.
func Constants(all []Scalar) []any {
	constants := make([]any, len(all))
	for i, s := range all {
		constants[i] = s.Value
	}
	return constants
}

// Operand is what is compared with: a constant, or a named value.
type Operand struct {
	Scalar `json:"-"`
	// Named is the name of the value; empty for a constant.
	Named string `json:"-"`
}

type namedOperand struct {
	Value string `json:"value"`
}

// MarshalJSON is part of json.Marshaler.
func (o Operand) MarshalJSON() ([]byte, error) {
	if o.Named != "" {
		return json.Marshal(namedOperand{o.Named})
	}
	return json.Marshal(o.Scalar)
}

// UnmarshalJSON takes a constant or {"value": NAME}.
func (o *Operand) UnmarshalJSON(text []byte) error {
	var named namedOperand
	if len(text) > 0 && text[0] == '{' {
		err := json.Unmarshal(text, &named)
		*o = Operand{Named: named.Value}
		return err
	}
	*o = Operand{}
	return o.Scalar.UnmarshalJSON(text)
}

// DeepCopy is its own copy: what it holds never changes.
func (o *Operand) DeepCopy() *Operand {
	if o == nil {
		return nil
	}
	copied := *o
	return &copied
}

// DeepCopyInto is part of what controller-gen gives every other type.
func (o *Operand) DeepCopyInto(out *Operand) { *out = *o }
