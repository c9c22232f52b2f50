package kindspec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"reflect"
	"strconv"
	"strings"
)

// Types are the types that Go source declares, by name.
type Types map[string]*Type

// Type is a struct, a list, or a basic type with a name of its own.
type Type struct {
	Name string
	// Doc is what the source says about the type.
	Doc string
	// Example is a value of the type, as YAML.
	Example string
	// Fields of a struct, in the order of the source.
	Fields []Field
	// Is says what a type is that is no struct.
	Is *Reference
}

// Field is a field of a struct.
type Field struct {
	// Name in JSON; empty for a struct whose fields are taken in.
	Name string
	Type Reference
	// Owner is the type that declares the field.
	Owner string
	// Doc is of a fact, which the CRD does not know by name.
	Doc      string
	Advice   string
	Example  string
	Optional bool
	Unique   bool
}

// Reference is the type of a field, or of what is in it.
type Reference struct {
	// Name of a type that is no list and no map.
	Name string
	// List and Map say what is in a list or a map.
	List, Map *Reference
	// Pointer: that there is none is another thing than the zero value.
	Pointer bool
}

// Parse reads the types of the package in a folder.
func Parse(folder fs.FS) (Types, error) {
	files, err := fs.Glob(folder, "*.go")
	if err != nil {
		return nil, fmt.Errorf("listing Go files: %w", err)
	}
	types := Types{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, fmt.Errorf("reading Go source: %w", err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parsing Go source: %w", err)
		}
		for _, declaration := range parsed.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok && general.Tok == token.TYPE {
				types.declare(general)
			}
		}
	}
	return types, nil
}

// WithFacts has the facts of a model as fields of their map, which the CRD leaves
// open: the schema of each would be the same, and too much for an annotation. They
// have a name, a doc and an example.
func (t Types) WithFacts(facts []Field) Types {
	open := *t[factsType]
	in := *open.Is.Map
	open.Is = nil
	for _, fact := range facts {
		fact.Type, fact.Owner, fact.Optional = in, factsType, true
		open.Fields = append(open.Fields, fact)
	}
	all := maps.Clone(t)
	all[factsType] = &open
	return all
}

// factsType is a map of facts by their names.
const factsType = "ModelSources"

func (t Types) declare(declaration *ast.GenDecl) {
	for _, spec := range declaration.Specs {
		declared, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		doc, markers := comment(declaration.Doc)
		made := &Type{Name: declared.Name.Name, Doc: doc, Example: markers["example"]}
		if structure, ok := declared.Type.(*ast.StructType); ok {
			made.Fields = fieldsOf(made.Name, structure)
		} else {
			is := reference(declared.Type)
			made.Is = &is
		}
		t[made.Name] = made
	}
}

func fieldsOf(owner string, structure *ast.StructType) []Field {
	var fields []Field
	for _, declared := range structure.Fields.List {
		if declared.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(declared.Tag.Value)
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if name == "-" {
			continue
		}
		_, markers := comment(declared.Doc)
		_, optional := markers["optional"]
		_, unique := markers["unique"]
		fields = append(fields, Field{Name: name, Type: reference(declared.Type), Owner: owner,
			Advice: markers["advice"], Example: markers["example"], Optional: optional, Unique: unique})
	}
	return fields
}

func reference(expression ast.Expr) Reference {
	switch e := expression.(type) {
	case *ast.StarExpr:
		to := reference(e.X)
		to.Pointer = true
		return to
	case *ast.ArrayType:
		in := reference(e.Elt)
		return Reference{List: &in}
	case *ast.MapType:
		in := reference(e.Value)
		return Reference{Map: &in}
	case *ast.Ident:
		return Reference{Name: e.Name}
	}
	return Reference{}
}

// comment parts the text of a comment, as one paragraph, from its markers.
func comment(group *ast.CommentGroup) (text string, markers map[string]string) {
	markers = map[string]string{}
	var words []string
	for line := range strings.Lines(group.Text()) {
		marker, marked := strings.CutPrefix(strings.TrimSpace(line), "+")
		if !marked {
			words = append(words, strings.Fields(line)...)
			continue
		}
		name, value, _ := strings.Cut(marker, ":")
		markers[name] = strings.TrimSpace(value)
	}
	return strings.Join(words, " "), markers
}

// Members are the fields of a struct, with those of the structs it takes in.
func (t Types) Members(of *Type) []Field {
	var all []Field
	for _, field := range of.Fields {
		if inner, ok := t[field.Type.Name]; ok && field.Name == "" {
			all = append(all, t.Members(inner)...)
			continue
		}
		all = append(all, field)
	}
	return all
}
