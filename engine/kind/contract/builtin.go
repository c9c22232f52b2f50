package contract

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/maas-kinds/maas/engine/kind"
)

// removed is what versions have that Kubernetes has removed, or is going to.
type removed interface{ APILifecycleRemoved() (major, minor int) }

// apiModule is where the Go types of what is built into Kubernetes are.
const apiModule = "k8s.io/api"

// BuiltIn is the contract of a type that is built into Kubernetes, from its Go
// type: field names and JSON types, and no enumerations, which Go types do not
// have. False for every other type.
func BuiltIn(groupKind schema.GroupKind) (Contract, bool, error) {
	c := Contract{
		Group: groupKind.Group, Kind: groupKind.Kind, Scope: kind.ScopeNamespaced, Versions: map[string]*FieldSchema{},
		Source: ContractSource{Project: apiModule, Version: moduleVersion(apiModule)},
	}
	if slices.Contains(clusterScoped, groupKind) {
		c.Scope = kind.ScopeCluster
	}
	for _, gv := range scheme.Scheme.PrioritizedVersionsForGroup(groupKind.Group) {
		gvk := gv.WithKind(groupKind.Kind)
		goType, known := scheme.Scheme.AllKnownTypes()[gvk]
		if !known || !strings.HasPrefix(goType.PkgPath(), apiModule+"/") || reflect.PointerTo(goType).Implements(reflect.TypeFor[removed]()) {
			continue
		}
		if c.Source.File == "" {
			c.Source.File = goType.PkgPath() + "." + goType.Name()
		}
		plural, _ := meta.UnsafeGuessKindToResource(gvk)
		c.Plural = plural.Resource
		c.Versions[gv.Version] = fromType(goType, nil)
	}
	if len(c.Versions) == 0 {
		return Contract{}, false, nil
	}
	whole, err := json.Marshal(c.Versions)
	if err != nil {
		return Contract{}, false, fmt.Errorf("hashing the Go type of %s: %w", groupKind, err)
	}
	sum := sha256.Sum256(whole)
	c.Source.SHA256 = hex.EncodeToString(sum[:])
	return c, true, nil
}

// clusterScoped are the types of the core group that are in no namespace.
var clusterScoped = []schema.GroupKind{
	{Kind: "Node"}, {Kind: "Namespace"}, {Kind: "PersistentVolume"}, {Kind: "ComponentStatus"},
	{Group: "networking.k8s.io", Kind: "IngressClass"}, {Group: "storage.k8s.io", Kind: "StorageClass"},
}

// moduleVersion is the version of a module in this program.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "unknown"
}

// fromType reads a Go type as encoding/json writes it; inside are the types on
// the way, so that one that contains itself ends.
func fromType(t reflect.Type, inside []reflect.Type) *FieldSchema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[intstr.IntOrString]() || t == reflect.TypeFor[resource.Quantity]():
		return &FieldSchema{IntOrString: true}
	case slices.Contains(inside, t):
		return &FieldSchema{}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()), reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		// Times; what else writes itself is open.
		if strings.HasSuffix(t.Name(), "Time") {
			return &FieldSchema{Type: "string"}
		}
		return &FieldSchema{}
	}
	return fromKind(t, append(slices.Clone(inside), t))
}

func fromKind(t reflect.Type, inside []reflect.Type) *FieldSchema {
	switch t.Kind() {
	case reflect.String:
		return &FieldSchema{Type: "string"}
	case reflect.Bool:
		return &FieldSchema{Type: "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &FieldSchema{Type: "integer"}
	case reflect.Float32, reflect.Float64:
		return &FieldSchema{Type: "number"}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return &FieldSchema{Type: "string"}
		}
		return &FieldSchema{Type: "array", Items: fromType(t.Elem(), inside)}
	case reflect.Map:
		return &FieldSchema{Type: "object", AdditionalProperties: fromType(t.Elem(), inside)}
	case reflect.Struct:
		s := &FieldSchema{Type: "object", Properties: map[string]*FieldSchema{}}
		addFields(s, t, inside)
		return s
	}
	return &FieldSchema{}
}

func addFields(s *FieldSchema, t reflect.Type, inside []reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || !field.IsExported():
		case field.Anonymous && name == "":
			addFields(s, field.Type, inside)
		default:
			s.Properties[name] = fromType(field.Type, inside)
		}
	}
}
