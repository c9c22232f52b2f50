// Package vet finds what is useless in a kind-spec, and harmless: it says the same
// without it, or in another way. Nothing that it finds changes a decision. Each
// rule has one analyzer, which looks at all predicates and sources of a Tree.
package vet
