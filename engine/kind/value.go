package kind

// The values that every kind has.
const (
	valueName           = "name"
	valueNamespace      = "namespace"
	valueModelName      = "modelName"
	valueModelNamespace = "modelNamespace"
)

// BuiltInValues are the values that every kind has.
func BuiltInValues() []string {
	return []string{valueName, valueNamespace, valueModelName, valueModelNamespace}
}

// namedValue is a named fact and where it may be.
type namedValue struct {
	name    string
	sources sources
	// parameter: an installation gives it.
	parameter bool
}

// find puts the first scalar that is found into the environment.
func (n namedValue) find(env *environment) {
	if value, _ := n.sources.first(env, "values", n.name); value != nil {
		env.values[n.name] = value
	}
}
